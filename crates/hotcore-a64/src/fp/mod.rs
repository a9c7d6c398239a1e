//! Floating-point arithmetic as FPCR asks for it, bit for bit (Arm ARM, shared/functions/float).
