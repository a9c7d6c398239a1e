//! Writes an instruction as an assembler would read it, in the manner of GNU `objdump`.
//!
//! The text comes from the template of the instruction's row, or of the alias that the Arm ARM
//! prefers; placeholders in braces stand for what the word's fields say.

mod alias;
mod immediate;
mod memory;
mod register;
mod simd;
mod system;

use super::index::find;

/// A word and where it lies, for operands relative to the PC.
#[derive(Clone, Copy)]
struct Site {
    word: u32,
    address: u64,
}

/// The text of a placeholder.
type Operand = fn(Site) -> String;

/// The instruction `word` at `address`, as text; `None` where it is UNDEFINED.
///
/// ```
/// use hotcore_a64::decode::disassemble;
///
/// assert_eq!(disassemble(0x9100_0420, 0).as_deref(), Some("add x0, x1, #0x1"));
/// assert_eq!(disassemble(0x17ff_ffff, 0x1000).as_deref(), Some("b 0xffc"));
/// ```
pub fn disassemble(word: u32, address: u64) -> Option<String> {
    let row = find(word)?;
    let site = Site { word, address };
    Some(render(alias::preferred(row.op, word).unwrap_or(row.template), site))
}

/// `template` with its placeholders replaced.
fn render(template: &str, site: Site) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        text += before;
        text += &expand(name, site).unwrap_or_default();
        rest = behind;
    }
    text + rest
}

/// What placeholder `name` stands for; `None` is a name that no table knows.
fn expand(name: &str, site: Site) -> Option<String> {
    let tables = [immediate::OPERANDS, memory::OPERANDS, simd::OPERANDS, system::OPERANDS];
    let entry = tables.iter().copied().flatten().find(|entry| entry.0 == name);
    entry.map(|entry| entry.1(site)).or_else(|| register::expand(name, site.word))
}

#[cfg(test)]
mod tests;
