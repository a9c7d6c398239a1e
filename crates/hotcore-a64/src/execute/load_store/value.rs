//! What a load makes of the bytes that it reads.

use std::marker::PhantomData;

use crate::memory::Width;

/// How a load fills a general-purpose register.
pub(super) trait Value: 'static {
    /// What is read.
    type Memory: Width;

    /// What the register becomes.
    fn extend(value: Self::Memory) -> u64;
}

/// Zero-extended: LDR, LDRH, LDRB.
pub(super) struct Zero<T>(PhantomData<T>);

/// Sign-extended to 32 bits, then zero-extended: LDRSH and LDRSB to a W register.
pub(super) struct ToW<T>(PhantomData<T>);

/// Sign-extended to 64 bits: LDRSW; LDRSH and LDRSB to an X register.
pub(super) struct ToX<T>(PhantomData<T>);

impl<T: Width> Value for Zero<T> {
    type Memory = T;

    #[inline(always)]
    fn extend(value: T) -> u64 {
        value.to_u64()
    }
}

impl<T: Width> Value for ToW<T> {
    type Memory = T;

    #[inline(always)]
    fn extend(value: T) -> u64 {
        ToX::extend(value) as u32 as u64
    }
}

impl<T: Width> Value for ToX<T> {
    type Memory = T;

    #[inline(always)]
    fn extend(value: T) -> u64 {
        let unused = 64 - 8 * T::SIZE as u32;
        ((value.to_u64() << unused).cast_signed() >> unused).cast_unsigned()
    }
}
