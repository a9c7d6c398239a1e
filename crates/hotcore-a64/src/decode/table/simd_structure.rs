//! Advanced SIMD loads and stores of structures: multiple, single lane, replicate.
//!
//! DDI 0487, C4.1 "Advanced SIMD load/store multiple structures", "... single structure" and their
//! post-indexed forms (there `Rm` = 31 steps by the bytes transferred).

macro_rules! simd_structure_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // Store multiple structures
        St1Multiple "0 Q 0011000 0 000000 opcode:4 size:2 Rn Rt" ld1_opcode "st1 {list}, [{Xn|sp}]";
        St2Multiple "0 Q 0011000 0 000000 1000 size:2 Rn Rt" not_1d_at_10 "st2 {list2}, [{Xn|sp}]";
        St3Multiple "0 Q 0011000 0 000000 0100 size:2 Rn Rt" not_1d_at_10 "st3 {list3}, [{Xn|sp}]";
        St4Multiple "0 Q 0011000 0 000000 0000 size:2 Rn Rt" not_1d_at_10 "st4 {list4}, [{Xn|sp}]";

        // Store multiple structures, post-indexed
        St1MultiplePost "0 Q 0011001 0 0 Rm opcode:4 size:2 Rn Rt" ld1_opcode "st1 {list}, [{Xn|sp}]{post}";
        St2MultiplePost "0 Q 0011001 0 0 Rm 1000 size:2 Rn Rt" not_1d_at_10 "st2 {list2}, [{Xn|sp}]{post}";
        St3MultiplePost "0 Q 0011001 0 0 Rm 0100 size:2 Rn Rt" not_1d_at_10 "st3 {list3}, [{Xn|sp}]{post}";
        St4MultiplePost "0 Q 0011001 0 0 Rm 0000 size:2 Rn Rt" not_1d_at_10 "st4 {list4}, [{Xn|sp}]{post}";

        // Load multiple structures
        Ld1Multiple "0 Q 0011000 1 000000 opcode:4 size:2 Rn Rt" ld1_opcode "ld1 {list}, [{Xn|sp}]";
        Ld2Multiple "0 Q 0011000 1 000000 1000 size:2 Rn Rt" not_1d_at_10 "ld2 {list2}, [{Xn|sp}]";
        Ld3Multiple "0 Q 0011000 1 000000 0100 size:2 Rn Rt" not_1d_at_10 "ld3 {list3}, [{Xn|sp}]";
        Ld4Multiple "0 Q 0011000 1 000000 0000 size:2 Rn Rt" not_1d_at_10 "ld4 {list4}, [{Xn|sp}]";

        // Load multiple structures, post-indexed
        Ld1MultiplePost "0 Q 0011001 1 0 Rm opcode:4 size:2 Rn Rt" ld1_opcode "ld1 {list}, [{Xn|sp}]{post}";
        Ld2MultiplePost "0 Q 0011001 1 0 Rm 1000 size:2 Rn Rt" not_1d_at_10 "ld2 {list2}, [{Xn|sp}]{post}";
        Ld3MultiplePost "0 Q 0011001 1 0 Rm 0100 size:2 Rn Rt" not_1d_at_10 "ld3 {list3}, [{Xn|sp}]{post}";
        Ld4MultiplePost "0 Q 0011001 1 0 Rm 0000 size:2 Rn Rt" not_1d_at_10 "ld4 {list4}, [{Xn|sp}]{post}";

        // Store single structure
        St1Single "0 Q 0011010 0 0 00000 scale:2 0 S size:2 Rn Rt" lane_size "st1 {lane1}, [{Xn|sp}]";
        St2Single "0 Q 0011010 0 1 00000 scale:2 0 S size:2 Rn Rt" lane_size "st2 {lane2}, [{Xn|sp}]";
        St3Single "0 Q 0011010 0 0 00000 scale:2 1 S size:2 Rn Rt" lane_size "st3 {lane3}, [{Xn|sp}]";
        St4Single "0 Q 0011010 0 1 00000 scale:2 1 S size:2 Rn Rt" lane_size "st4 {lane4}, [{Xn|sp}]";

        // Store single structure, post-indexed
        St1SinglePost "0 Q 0011011 0 0 Rm scale:2 0 S size:2 Rn Rt" lane_size "st1 {lane1}, [{Xn|sp}]{post.lane1}";
        St2SinglePost "0 Q 0011011 0 1 Rm scale:2 0 S size:2 Rn Rt" lane_size "st2 {lane2}, [{Xn|sp}]{post.lane2}";
        St3SinglePost "0 Q 0011011 0 0 Rm scale:2 1 S size:2 Rn Rt" lane_size "st3 {lane3}, [{Xn|sp}]{post.lane3}";
        St4SinglePost "0 Q 0011011 0 1 Rm scale:2 1 S size:2 Rn Rt" lane_size "st4 {lane4}, [{Xn|sp}]{post.lane4}";

        // Load single structure
        Ld1Single "0 Q 0011010 1 0 00000 scale:2 0 S size:2 Rn Rt" lane_size "ld1 {lane1}, [{Xn|sp}]";
        Ld2Single "0 Q 0011010 1 1 00000 scale:2 0 S size:2 Rn Rt" lane_size "ld2 {lane2}, [{Xn|sp}]";
        Ld3Single "0 Q 0011010 1 0 00000 scale:2 1 S size:2 Rn Rt" lane_size "ld3 {lane3}, [{Xn|sp}]";
        Ld4Single "0 Q 0011010 1 1 00000 scale:2 1 S size:2 Rn Rt" lane_size "ld4 {lane4}, [{Xn|sp}]";
        Ld1Replicate "0 Q 0011010 1 0 00000 11 0 0 size:2 Rn Rt" always "ld1r {replicate1}, [{Xn|sp}]";
        Ld2Replicate "0 Q 0011010 1 1 00000 11 0 0 size:2 Rn Rt" always "ld2r {replicate2}, [{Xn|sp}]";
        Ld3Replicate "0 Q 0011010 1 0 00000 11 1 0 size:2 Rn Rt" always "ld3r {replicate3}, [{Xn|sp}]";
        Ld4Replicate "0 Q 0011010 1 1 00000 11 1 0 size:2 Rn Rt" always "ld4r {replicate4}, [{Xn|sp}]";

        // Load single structure, post-indexed
        Ld1SinglePost "0 Q 0011011 1 0 Rm scale:2 0 S size:2 Rn Rt" lane_size "ld1 {lane1}, [{Xn|sp}]{post.lane1}";
        Ld2SinglePost "0 Q 0011011 1 1 Rm scale:2 0 S size:2 Rn Rt" lane_size "ld2 {lane2}, [{Xn|sp}]{post.lane2}";
        Ld3SinglePost "0 Q 0011011 1 0 Rm scale:2 1 S size:2 Rn Rt" lane_size "ld3 {lane3}, [{Xn|sp}]{post.lane3}";
        Ld4SinglePost "0 Q 0011011 1 1 Rm scale:2 1 S size:2 Rn Rt" lane_size "ld4 {lane4}, [{Xn|sp}]{post.lane4}";
        Ld1ReplicatePost "0 Q 0011011 1 0 Rm 11 0 0 size:2 Rn Rt" always "ld1r {replicate1}, [{Xn|sp}]{post.lane1}";
        Ld2ReplicatePost "0 Q 0011011 1 1 Rm 11 0 0 size:2 Rn Rt" always "ld2r {replicate2}, [{Xn|sp}]{post.lane2}";
        Ld3ReplicatePost "0 Q 0011011 1 0 Rm 11 1 0 size:2 Rn Rt" always "ld3r {replicate3}, [{Xn|sp}]{post.lane3}";
        Ld4ReplicatePost "0 Q 0011011 1 1 Rm 11 1 0 size:2 Rn Rt" always "ld4r {replicate4}, [{Xn|sp}]{post.lane4}";
    } };
}
