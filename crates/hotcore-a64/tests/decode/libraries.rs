//! disarm64 and yaxpeax-arm: do they allocate the same words, and by the same names?

use disarm64::InsnOpcode;
use hotcore_a64::decode::disassemble;
use yaxpeax_arch::{Decoder, U8Reader};
use yaxpeax_arm::armv8::a64::InstDecoder;

use crate::{known, mnemonic, words};

/// What disarm64 makes of a word: the mnemonic of the instruction and the feature it belongs to.
struct Disarm64 {
    mnemonic: &'static str,
    feature: String,
}

fn disarm64(word: u32) -> Option<Disarm64> {
    let instruction = disarm64::decoder::decode(word)?;
    let definition = instruction.definition();
    let feature = format!("{:?}", definition.feature_set);
    Some(Disarm64 { mnemonic: definition.mnemonic, feature })
}

/// The word as yaxpeax-arm writes it.
fn yaxpeax(word: u32) -> Option<String> {
    let bytes = word.to_le_bytes();
    let mut reader = U8Reader::new(&bytes);
    let instruction = InstDecoder::default().decode(&mut reader).ok()?;
    Some(instruction.to_string()).filter(|text| !text.starts_with("invalid"))
}

/// Fails with the first few of `disagreements`.
fn nobody_disagrees(disagreements: impl Iterator<Item = String>) {
    let disagreements: Vec<_> = disagreements.collect();
    let shown = disagreements.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(disagreements.is_empty(), "{} disagreements:\n{shown}", disagreements.len());
}

#[test]
fn yaxpeax_allocates_what_we_allocate_by_the_same_name() {
    nobody_disagrees(words::allocated().filter_map(|(word, op)| {
        let ours = disassemble(word, 0).unwrap_or_default();
        let theirs = yaxpeax(word);
        let same = theirs
            .as_deref()
            .is_some_and(|theirs| known::same_to_yaxpeax(op, mnemonic(&ours), mnemonic(theirs)));
        (!same).then(|| format!("{word:#010x} {op:?}: {ours} | {theirs:?}"))
    }));
}

#[test]
fn disarm64_allocates_what_we_allocate_by_the_same_name() {
    nobody_disagrees(words::allocated().filter_map(|(word, op)| {
        let ours = disassemble(word, 0).unwrap_or_default();
        let Some(theirs) = disarm64(word) else {
            let excused = known::should_be_bits(op);
            return (!excused).then(|| format!("{word:#010x} {op:?}: {ours} | unallocated"));
        };
        let same = known::same_to_disarm64(op, mnemonic(&ours), theirs.mnemonic)
            && (known::in_scope(&theirs.feature) || known::misfiled(op));
        (!same).then(|| {
            format!("{word:#010x} {op:?}: {ours} | {} {}", theirs.mnemonic, theirs.feature)
        })
    }));
}

#[test]
fn what_both_allocate_within_our_features_we_allocate() {
    nobody_disagrees(words::undefined().filter_map(|word| {
        let disarm64 = disarm64(word).filter(|theirs| known::in_scope(&theirs.feature))?;
        let yaxpeax = yaxpeax(word)?;
        let excused = known::reserved(word, disarm64.mnemonic, &yaxpeax).is_some();
        (!excused).then(|| format!("{word:#010x} {} | {yaxpeax}", disarm64.mnemonic))
    }));
}
