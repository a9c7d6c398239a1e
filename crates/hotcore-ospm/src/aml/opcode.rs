//! Opcodes (ACPI 6.5 §20.3). Those of two bytes have their first byte, 0x5B, in the upper half.

/// The first byte of opcodes of two bytes.
pub(super) const EXTENDED: u8 = 0x5b;

macro_rules! opcodes {
    ($($name:ident = $value:literal),* $(,)?) => { $(pub(super) const $name: u16 = $value;)* };
}

opcodes! {
    ZERO = 0x00, ONE = 0x01, ALIAS = 0x06, NAME = 0x08, BYTE = 0x0a, WORD = 0x0b, DWORD = 0x0c,
    STRING = 0x0d, QWORD = 0x0e, SCOPE = 0x10, BUFFER = 0x11, PACKAGE = 0x12, VAR_PACKAGE = 0x13,
    METHOD = 0x14, EXTERNAL = 0x15, LOCAL0 = 0x60, ARG6 = 0x6e, STORE = 0x70,
    REF_OF = 0x71, ADD = 0x72, CONCATENATE = 0x73, SUBTRACT = 0x74, INCREMENT = 0x75,
    DECREMENT = 0x76, MULTIPLY = 0x77, DIVIDE = 0x78, SHIFT_LEFT = 0x79, SHIFT_RIGHT = 0x7a,
    AND = 0x7b, NAND = 0x7c, OR = 0x7d, NOR = 0x7e, XOR = 0x7f, NOT = 0x80,
    FIND_SET_LEFT_BIT = 0x81, FIND_SET_RIGHT_BIT = 0x82, DEREF_OF = 0x83, CONCATENATE_RES = 0x84,
    MOD = 0x85, NOTIFY = 0x86, SIZE_OF = 0x87, INDEX = 0x88, MATCH = 0x89,
    CREATE_DWORD_FIELD = 0x8a, CREATE_WORD_FIELD = 0x8b, CREATE_BYTE_FIELD = 0x8c,
    CREATE_BIT_FIELD = 0x8d, OBJECT_TYPE = 0x8e, CREATE_QWORD_FIELD = 0x8f, LAND = 0x90,
    LOR = 0x91, LNOT = 0x92, LEQUAL = 0x93, LGREATER = 0x94, LLESS = 0x95, TO_BUFFER = 0x96,
    TO_DECIMAL_STRING = 0x97, TO_HEX_STRING = 0x98, TO_INTEGER = 0x99, TO_STRING = 0x9c,
    COPY_OBJECT = 0x9d, MID = 0x9e, CONTINUE = 0x9f, IF = 0xa0, ELSE = 0xa1, WHILE = 0xa2,
    NOOP = 0xa3, RETURN = 0xa4, BREAK = 0xa5, BREAK_POINT = 0xcc, ONES = 0xff,
    MUTEX = 0x5b01, EVENT = 0x5b02, COND_REF_OF = 0x5b12, CREATE_FIELD = 0x5b13,
    LOAD_TABLE = 0x5b1f, LOAD = 0x5b20, STALL = 0x5b21, SLEEP = 0x5b22, ACQUIRE = 0x5b23,
    SIGNAL = 0x5b24, WAIT = 0x5b25, RESET = 0x5b26, RELEASE = 0x5b27, FROM_BCD = 0x5b28,
    TO_BCD = 0x5b29, REVISION = 0x5b30, DEBUG = 0x5b31, FATAL = 0x5b32, TIMER = 0x5b33,
    REGION = 0x5b80, FIELD = 0x5b81, DEVICE = 0x5b82, PROCESSOR = 0x5b83, POWER_RESOURCE = 0x5b84,
    THERMAL_ZONE = 0x5b85, INDEX_FIELD = 0x5b86, BANK_FIELD = 0x5b87, DATA_REGION = 0x5b88,
}
