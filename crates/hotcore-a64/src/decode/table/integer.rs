//! Data processing on general-purpose registers: immediate and register forms, and CRC32.
//!
//! DDI 0487, C4.1 "Data Processing -- Immediate" and "Data Processing -- Register".

macro_rules! integer_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // PC-relative addressing
        Adr "0 immlo:2 10000 immhi:19 Rd" always "adr {Xd}, {adr}";
        Adrp "1 immlo:2 10000 immhi:19 Rd" always "adrp {Xd}, {adrp}";

        // Add/subtract (immediate)
        AddImmediate "sf 0 0 100010 sh imm12:12 Rn Rd" always "add {Rd|sp}, {Rn|sp}, {imm12}";
        AddsImmediate "sf 0 1 100010 sh imm12:12 Rn Rd" always "adds {Rd}, {Rn|sp}, {imm12}";
        SubImmediate "sf 1 0 100010 sh imm12:12 Rn Rd" always "sub {Rd|sp}, {Rn|sp}, {imm12}";
        SubsImmediate "sf 1 1 100010 sh imm12:12 Rn Rd" always "subs {Rd}, {Rn|sp}, {imm12}";

        // Logical (immediate)
        AndImmediate "sf 00 100100 N immr:6 imms:6 Rn Rd" bit_mask "and {Rd|sp}, {Rn}, {bitmask}";
        OrrImmediate "sf 01 100100 N immr:6 imms:6 Rn Rd" bit_mask "orr {Rd|sp}, {Rn}, {bitmask}";
        EorImmediate "sf 10 100100 N immr:6 imms:6 Rn Rd" bit_mask "eor {Rd|sp}, {Rn}, {bitmask}";
        AndsImmediate "sf 11 100100 N immr:6 imms:6 Rn Rd" bit_mask "ands {Rd}, {Rn}, {bitmask}";

        // Move wide (immediate)
        Movn "sf 00 100101 hw:2 imm16:16 Rd" hw_in_width "movn {Rd}, {imm16}{hw}";
        Movz "sf 10 100101 hw:2 imm16:16 Rd" hw_in_width "movz {Rd}, {imm16}{hw}";
        Movk "sf 11 100101 hw:2 imm16:16 Rd" hw_in_width "movk {Rd}, {imm16}{hw}";

        // Bitfield and extract
        Sbfm "sf 00 100110 N immr:6 imms:6 Rn Rd" bitfield "sbfm {Rd}, {Rn}, {immr}, {imms}";
        Bfm "sf 01 100110 N immr:6 imms:6 Rn Rd" bitfield "bfm {Rd}, {Rn}, {immr}, {imms}";
        Ubfm "sf 10 100110 N immr:6 imms:6 Rn Rd" bitfield "ubfm {Rd}, {Rn}, {immr}, {imms}";
        Extr "sf 00 100111 N 0 Rm imms:6 Rn Rd" extract "extr {Rd}, {Rn}, {Rm}, {imms}";

        // Logical (shifted register)
        AndShifted "sf 00 01010 shift:2 0 Rm imm6:6 Rn Rd" imm6_in_width "and {Rd}, {Rn}, {Rm}{shift}";
        BicShifted "sf 00 01010 shift:2 1 Rm imm6:6 Rn Rd" imm6_in_width "bic {Rd}, {Rn}, {Rm}{shift}";
        OrrShifted "sf 01 01010 shift:2 0 Rm imm6:6 Rn Rd" imm6_in_width "orr {Rd}, {Rn}, {Rm}{shift}";
        OrnShifted "sf 01 01010 shift:2 1 Rm imm6:6 Rn Rd" imm6_in_width "orn {Rd}, {Rn}, {Rm}{shift}";
        EorShifted "sf 10 01010 shift:2 0 Rm imm6:6 Rn Rd" imm6_in_width "eor {Rd}, {Rn}, {Rm}{shift}";
        EonShifted "sf 10 01010 shift:2 1 Rm imm6:6 Rn Rd" imm6_in_width "eon {Rd}, {Rn}, {Rm}{shift}";
        AndsShifted "sf 11 01010 shift:2 0 Rm imm6:6 Rn Rd" imm6_in_width "ands {Rd}, {Rn}, {Rm}{shift}";
        BicsShifted "sf 11 01010 shift:2 1 Rm imm6:6 Rn Rd" imm6_in_width "bics {Rd}, {Rn}, {Rm}{shift}";

        // Add/subtract (shifted register)
        AddShifted "sf 0 0 01011 shift:2 0 Rm imm6:6 Rn Rd" add_shift "add {Rd}, {Rn}, {Rm}{shift}";
        AddsShifted "sf 0 1 01011 shift:2 0 Rm imm6:6 Rn Rd" add_shift "adds {Rd}, {Rn}, {Rm}{shift}";
        SubShifted "sf 1 0 01011 shift:2 0 Rm imm6:6 Rn Rd" add_shift "sub {Rd}, {Rn}, {Rm}{shift}";
        SubsShifted "sf 1 1 01011 shift:2 0 Rm imm6:6 Rn Rd" add_shift "subs {Rd}, {Rn}, {Rm}{shift}";

        // Add/subtract (extended register)
        AddExtended "sf 0 0 01011 00 1 Rm option:3 imm3:3 Rn Rd" imm3_to_4 "add {Rd|sp}, {Rn|sp}, {extended}";
        AddsExtended "sf 0 1 01011 00 1 Rm option:3 imm3:3 Rn Rd" imm3_to_4 "adds {Rd}, {Rn|sp}, {extended}";
        SubExtended "sf 1 0 01011 00 1 Rm option:3 imm3:3 Rn Rd" imm3_to_4 "sub {Rd|sp}, {Rn|sp}, {extended}";
        SubsExtended "sf 1 1 01011 00 1 Rm option:3 imm3:3 Rn Rd" imm3_to_4 "subs {Rd}, {Rn|sp}, {extended}";

        // Add/subtract (with carry)
        Adc "sf 0 0 11010000 Rm 000000 Rn Rd" always "adc {Rd}, {Rn}, {Rm}";
        Adcs "sf 0 1 11010000 Rm 000000 Rn Rd" always "adcs {Rd}, {Rn}, {Rm}";
        Sbc "sf 1 0 11010000 Rm 000000 Rn Rd" always "sbc {Rd}, {Rn}, {Rm}";
        Sbcs "sf 1 1 11010000 Rm 000000 Rn Rd" always "sbcs {Rd}, {Rn}, {Rm}";

        // Conditional compare and select
        CcmnRegister "sf 0 1 11010010 Rm cond:4 0 0 Rn 0 nzcv:4" always "ccmn {Rn}, {Rm}, {nzcv}, {cond}";
        CcmnImmediate "sf 0 1 11010010 imm5:5 cond:4 1 0 Rn 0 nzcv:4" always "ccmn {Rn}, {imm5}, {nzcv}, {cond}";
        CcmpRegister "sf 1 1 11010010 Rm cond:4 0 0 Rn 0 nzcv:4" always "ccmp {Rn}, {Rm}, {nzcv}, {cond}";
        CcmpImmediate "sf 1 1 11010010 imm5:5 cond:4 1 0 Rn 0 nzcv:4" always "ccmp {Rn}, {imm5}, {nzcv}, {cond}";
        Csel "sf 0 0 11010100 Rm cond:4 00 Rn Rd" always "csel {Rd}, {Rn}, {Rm}, {cond}";
        Csinc "sf 0 0 11010100 Rm cond:4 01 Rn Rd" always "csinc {Rd}, {Rn}, {Rm}, {cond}";
        Csinv "sf 1 0 11010100 Rm cond:4 00 Rn Rd" always "csinv {Rd}, {Rn}, {Rm}, {cond}";
        Csneg "sf 1 0 11010100 Rm cond:4 01 Rn Rd" always "csneg {Rd}, {Rn}, {Rm}, {cond}";

        // Data-processing (2 source)
        Udiv "sf 0 0 11010110 Rm 000010 Rn Rd" always "udiv {Rd}, {Rn}, {Rm}";
        Sdiv "sf 0 0 11010110 Rm 000011 Rn Rd" always "sdiv {Rd}, {Rn}, {Rm}";
        Lslv "sf 0 0 11010110 Rm 001000 Rn Rd" always "lsl {Rd}, {Rn}, {Rm}";
        Lsrv "sf 0 0 11010110 Rm 001001 Rn Rd" always "lsr {Rd}, {Rn}, {Rm}";
        Asrv "sf 0 0 11010110 Rm 001010 Rn Rd" always "asr {Rd}, {Rn}, {Rm}";
        Rorv "sf 0 0 11010110 Rm 001011 Rn Rd" always "ror {Rd}, {Rn}, {Rm}";
        Crc32 "sf 0 0 11010110 Rm 010 0 sz:2 Rn Rd" crc_width "crc32{crc.sz} {Wd}, {Wn}, {Rm}";
        Crc32c "sf 0 0 11010110 Rm 010 1 sz:2 Rn Rd" crc_width "crc32c{crc.sz} {Wd}, {Wn}, {Rm}";

        // Data-processing (1 source)
        Rbit "sf 1 0 11010110 00000 000000 Rn Rd" always "rbit {Rd}, {Rn}";
        Rev16 "sf 1 0 11010110 00000 000001 Rn Rd" always "rev16 {Rd}, {Rn}";
        Rev "sf 1 0 11010110 00000 00001 opc Rn Rd" rev_whole "rev {Rd}, {Rn}";
        Rev32 "1 1 0 11010110 00000 000010 Rn Rd" always "rev32 {Rd}, {Rn}";
        Clz "sf 1 0 11010110 00000 000100 Rn Rd" always "clz {Rd}, {Rn}";
        Cls "sf 1 0 11010110 00000 000101 Rn Rd" always "cls {Rd}, {Rn}";

        // Data-processing (3 source)
        Madd "sf 00 11011 000 Rm 0 Ra Rn Rd" always "madd {Rd}, {Rn}, {Rm}, {Ra}";
        Msub "sf 00 11011 000 Rm 1 Ra Rn Rd" always "msub {Rd}, {Rn}, {Rm}, {Ra}";
        Smaddl "1 00 11011 001 Rm 0 Ra Rn Rd" always "smaddl {Xd}, {Wn}, {Wm}, {Xa}";
        Smsubl "1 00 11011 001 Rm 1 Ra Rn Rd" always "smsubl {Xd}, {Wn}, {Wm}, {Xa}";
        Smulh "1 00 11011 010 Rm 0 (11111) Rn Rd" always "smulh {Xd}, {Xn}, {Xm}";
        Umaddl "1 00 11011 101 Rm 0 Ra Rn Rd" always "umaddl {Xd}, {Wn}, {Wm}, {Xa}";
        Umsubl "1 00 11011 101 Rm 1 Ra Rn Rd" always "umsubl {Xd}, {Wn}, {Wm}, {Xa}";
        Umulh "1 00 11011 110 Rm 0 (11111) Rn Rd" always "umulh {Xd}, {Xn}, {Xm}";
    } };
}
