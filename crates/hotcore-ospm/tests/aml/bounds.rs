//! Code that would never end, or hold everything there is: each of it ends with an error.

use std::time::Duration;

use hotcore_ospm::aml::{AmlError, Cause, Interpreter, Value};

use crate::anything::table;
use crate::machine::{Memory, evaluate, load};

/// A package: its length and what is in it.
fn package(opcode: &[u8], contents: &[u8]) -> Vec<u8> {
    let length = contents.len() + 2;
    let encoded = [0x40 | (length & 0xf) as u8, (length >> 4) as u8];
    [opcode, &encoded, contents].concat()
}

fn method(name: &str, body: &[u8]) -> Vec<u8> {
    package(&[0x14], &[name.as_bytes(), &[0], body].concat())
}

/// What becomes of calling `MAIN` with this body.
fn run(body: &[u8]) -> Result<Option<Value>, AmlError> {
    let mut aml = load(&[&table(&method("MAIN", body))]);
    evaluate(&mut aml, "\\MAIN", &[], &mut Memory::default())
}

fn refusal(body: &[u8]) -> Cause {
    run(body).unwrap_err().cause
}

fn refused_table(bytes: &[u8]) -> Cause {
    Interpreter::new(&[bytes], &mut Memory::default()).unwrap_err().cause
}

#[test]
fn endless_loops_and_recursion_end() {
    assert_eq!(refusal(&package(&[0xa2], &[0x01])), Cause::Limit("steps"));
    // While (One) { Continue }
    assert_eq!(refusal(&package(&[0xa2], &[0x01, 0x9f])), Cause::Limit("steps"));
    assert_eq!(refusal(b"MAIN"), Cause::Limit("methods that call each other"));
    let error = run(b"MAIN").unwrap_err();
    assert_eq!((error.path.as_str(), error.table), ("\\MAIN", 0));
}

#[test]
fn terms_and_blocks_within_each_other_are_bounded() {
    // Not (Not (… and If (One) { If (One) { …
    assert_eq!(refusal(&[0x80; 1000]), Cause::Limit("terms within each other"));
    let ifs = (0..900).fold(vec![], |inside, _| package(&[0xa0], &[&[1], &inside[..]].concat()));
    assert_eq!(refusal(&ifs), Cause::Limit("blocks within each other"));
    let packages =
        (0..40).fold(vec![], |inside, _| package(&[0x12], &[&[1], &inside[..]].concat()));
    assert_eq!(refusal(&packages), Cause::Limit("packages within packages"));
}

#[test]
fn nobody_makes_more_than_there_is_room_for() {
    // Buffer (0xffffffff) {} and Package (0xffffffff) {}
    assert_eq!(
        refusal(&package(&[0x11], &[0x0c, 0xff, 0xff, 0xff, 0xff])),
        Cause::Limit("bytes of a buffer")
    );
    assert_eq!(
        refusal(&package(&[0x13], &[0x0c, 0xff, 0xff, 0xff, 0xff])),
        Cause::Limit("bytes of a buffer")
    );
    // Local0 = "abcd" While (One) { Local0 = Concatenate (Local0, Local0) }
    let doubling =
        [&[0x70, 0x0d][..], b"abcd\0", &[0x60], &package(&[0xa2], &[1, 0x73, 0x60, 0x60, 0x60])];
    assert_eq!(refusal(&doubling.concat()), Cause::Limit("bytes of a buffer"));
    // While (One) { Buffer (0x4000) {} }
    let buffer = package(&[0x11], &[0x0b, 0x00, 0x40]);
    let many = package(&[0xa2], &[&[1], &buffer[..]].concat());
    assert_eq!(refusal(&many), Cause::Limit("bytes of objects"));
}

#[test]
fn a_package_cannot_be_put_into_itself_for_ever() {
    // Local0 = Package (2) {} While (One) { Local0 [0] = Local0 }
    let package_term = package(&[0x12], &[2]);
    let inner = [1, 0x70, 0x60, 0x88, 0x60, 0, 0];
    let body = [&[0x70][..], &package_term, &[0x60], &package(&[0xa2], &inner)].concat();
    assert_eq!(refusal(&body), Cause::Limit("packages within packages"));
}

#[test]
fn waiting_is_bounded() {
    // While (One) { Sleep (1000) }
    let body = package(&[0xa2], &[1, 0x5b, 0x22, 0x0b, 0xe8, 0x03]);
    let mut aml = load(&[&table(&method("MAIN", &body))]);
    let mut memory = Memory::default();
    let error = evaluate(&mut aml, "\\MAIN", &[], &mut memory).unwrap_err();
    assert_eq!(error.cause, Cause::Limit("waiting"));
    assert_eq!(memory.waited, Duration::from_secs(10));
}

#[test]
fn what_is_kept_is_bounded_over_all_evaluations() {
    // 64 names, each of which is given 32 KiB.
    let names: Vec<[u8; 4]> = (0..64).map(|n| [b'N', b'0', b'A' + n / 16, b'A' + n % 16]).collect();
    let mut code = Vec::new();
    for (number, name) in names.iter().enumerate() {
        code.extend([&[0x08], &name[..], &[0]].concat());
        // CopyObject (Buffer (0x8000) {}, name)
        let copy = [&[0x9d][..], &package(&[0x11], &[0x0b, 0x00, 0x80]), name].concat();
        code.extend(method(&format!("M{number:03}"), &copy));
    }
    let mut aml = load(&[&table(&code)]);
    let mut copy =
        |number: usize| evaluate(&mut aml, &format!("\\M{number:03}"), &[], &mut Memory::default());
    let kept = (0..64).take_while(|&number| copy(number).is_ok()).count();
    assert_eq!(kept, 31);
    assert_eq!(copy(kept).unwrap_err().cause, Cause::Limit("bytes of values"));
    assert!((0..100).all(|_| copy(0).is_ok()), "what is replaced gives its room back");
}

#[test]
fn fields_through_fields_do_not_multiply() {
    // Each IndexField has the one before as its index and as its data.
    let mut code = [&[0x5b, 0x80][..], b"REG0", &[0, 0, 0x0a, 8]].concat();
    code.extend(package(&[0x5b, 0x81], &[b"REG0", &[1][..], b"F000", &[8]].concat()));
    for number in 1..64 {
        let (before, name) = (format!("F{:03}", number - 1), format!("F{number:03}"));
        let list = [before.as_bytes(), before.as_bytes(), &[1], name.as_bytes(), &[8]].concat();
        code.extend(package(&[0x5b, 0x86], &list));
    }
    let mut aml = load(&[&table(&code)]);
    let mut memory = Memory::default();
    let error = evaluate(&mut aml, "\\F063", &[], &mut memory).unwrap_err();
    assert!(matches!(error.cause, Cause::Limit(_)), "{error}");
    assert!(evaluate(&mut aml, "\\F005", &[], &mut memory).is_ok());
}

#[test]
fn a_field_too_large_to_read_is_not_read() {
    let mut code = [&[0x5b, 0x80][..], b"REG0", &[0, 0, 0x0c, 0xff, 0xff, 0xff, 0x7f]].concat();
    let list = [b"REG0", &[1][..], b"HUGE", &[0xcf, 0xff, 0xff, 0xff]].concat();
    code.extend(package(&[0x5b, 0x81], &list));
    let mut aml = load(&[&table(&code)]);
    let mut memory = Memory::default();
    let error = evaluate(&mut aml, "\\HUGE", &[], &mut memory).unwrap_err();
    assert_eq!((error.cause, memory.accesses.len()), (Cause::Limit("bytes of a field"), 0));
}

#[test]
fn a_name_of_carets_is_refused_where_it_cannot_mean_anything() {
    // CondRefOf (^^…^XXXX, Local0)
    let named = |carets| [&[0x5b, 0x12][..], &vec![b'^'; carets], b"XXXX", &[0x60]].concat();
    assert_eq!(run(&[&named(64)[..], &[0xa4, 1]].concat()), Ok(Some(Value::Integer(1))));
    assert_eq!(refusal(&named(65)), Cause::Limit("levels of the namespace"));
    assert_eq!(refusal(&named(3000)), Cause::Limit("levels of the namespace"));
    let segments = [&[0x2f, 65][..], &b"XXXX".repeat(65)].concat();
    assert_eq!(refusal(&segments), Cause::Limit("levels of the namespace"));
}

/// `Name (NAME, Buffer (0xffff) {})` for each of these.
fn buffers(names: impl Iterator<Item = usize>) -> Vec<u8> {
    let buffer = package(&[0x11], &[0x0b, 0xff, 0xff]);
    names.flat_map(|n| [&[0x08][..], format!("N{n:03}").as_bytes(), &buffer].concat()).collect()
}

fn ssdt(code: &[u8]) -> Vec<u8> {
    let mut table = table(code);
    table[0] = b'S';
    table[1] = b'S';
    table[9] = 0;
    table[9] = table.iter().fold(0u8, |sum, &byte| sum.wrapping_sub(byte));
    table
}

#[test]
fn all_tables_together_have_room_for_what_one_evaluation_has() {
    let dsdt = table(&method("MAIN", &[0xa4, 1]));
    let many: Vec<_> = (0..40).map(|n| ssdt(&buffers(15 * n..15 * n + 15))).collect();
    let all: Vec<&[u8]> = [&dsdt].into_iter().chain(&many).map(Vec::as_slice).collect();
    let aml = load(&all);
    assert_eq!(aml.dropped().len(), 39);
    assert!(aml.dropped().iter().all(|error| error.cause == Cause::Limit("bytes of objects")));
    assert!(aml.find("\\N014").is_some() && aml.find("\\N015").is_none());
}

#[test]
fn copies_of_names_count_as_what_they_are() {
    // Name (N001, N000) Name (N002, N000) …
    let copies = (1..200).flat_map(|n| [&[0x08][..], format!("N{n:03}N000").as_bytes()].concat());
    let code = buffers(0..1).into_iter().chain(copies).collect::<Vec<_>>();
    assert_eq!(refused_table(&table(&code)), Cause::Limit("bytes of objects"));
    // Name (PKG0, Package (0xff) { N000, N000, … })
    let elements = [&[0xff][..], &b"N000".repeat(200)].concat();
    let name = [b"\x08PKG0".as_slice(), &package(&[0x12], &elements)].concat();
    let code = [buffers(0..1), name].concat();
    assert_eq!(refused_table(&table(&code)), Cause::Limit("bytes of objects"));
}

#[test]
fn a_bad_ssdt_is_dropped_and_the_others_work() {
    let dsdt = table(&[&[0x08][..], b"VALU", &[0], &method("MAIN", b"\xa4VALU")].concat());
    let good = ssdt(&method("GOOD", &[0xa4, 1]));
    let lying = {
        let mut bytes = good.clone();
        bytes[9] ^= 1;
        bytes
    };
    // Name (GONE, …) Store (One, VALU), and what nobody can do.
    let started = [&[0x08][..], b"GONE", &[0, 0x70, 1], b"VALU"].concat();
    let unknown = ssdt(&[&started[..], &[0xfe]].concat());
    let within_a_call = ssdt(&[&started[..], &method("CALL", &[0xfe]), b"CALL"].concat());
    let endless = ssdt(&[&started[..], &package(&[0xa2], &[1])].concat());
    let greedy = ssdt(&[started, buffers(0..70)].concat());
    let tables = [&dsdt, &lying, &unknown, &within_a_call, &endless, &greedy, &good, &good];
    let mut aml = load(&tables.map(Vec::as_slice));
    let causes = aml.dropped().iter().map(|error| (error.table, error.cause.clone()));
    let expected = [
        (1, Cause::Header("checksum")),
        (2, Cause::Opcode(0xfe)),
        (3, Cause::Opcode(0xfe)),
        (4, Cause::Limit("steps")),
        (5, Cause::Limit("bytes of objects")),
        (7, Cause::AlreadyExists("\\GOOD".into())),
    ];
    assert_eq!(causes.collect::<Vec<_>>(), expected);
    assert_eq!(aml.find("\\GONE"), None);
    let mut value = |path| evaluate(&mut aml, path, &[], &mut Memory::default()).unwrap();
    assert_eq!(value("\\MAIN"), Some(Value::Integer(0)), "as if they were not there");
    assert_eq!(value("\\GOOD"), Some(Value::Integer(1)));
}

#[test]
fn tables_that_lie_are_refused() {
    let good = table(&method("MAIN", &[0xa4, 1]));
    let changed = |at: usize, value| {
        let mut table = good.clone();
        table[at] = value;
        refused_table(&table)
    };
    assert_eq!(refused_table(&good[..20]), Cause::Header("shorter than its header"));
    assert_eq!(changed(0, b'X'), Cause::Header("signature"));
    assert_eq!(changed(4, 0xff), Cause::Header("length"));
    assert_eq!(changed(9, good[9] ^ 1), Cause::Header("checksum"));
    // A method and a device that are longer than the table.
    assert_eq!(
        refused_table(&table(&[0x14, 0x3f, b'M', b'A', b'I', b'N', 0])),
        Cause::PackageLength
    );
    assert_eq!(refused_table(&table(&[0x5b, 0x82, 0xff, 0xff, 0xff, 0xff])), Cause::PackageLength);
    // A package length that leaves no room for the name that follows it.
    assert_eq!(
        refused_table(&table(&[0x14, 0x00, b'M', b'A', b'I', b'N', 0])),
        Cause::PackageLength
    );
    assert_eq!(refused_table(&table(&[0x08, b'N', b'A'])), Cause::Truncated);
    assert_eq!(refused_table(&table(&[0x08, b'n', b'a', b'm', b'e', 0])), Cause::Name);
    assert_eq!(refused_table(&table(&[0xfe])), Cause::Opcode(0xfe));
}

#[test]
fn names_that_nobody_declared_and_names_declared_twice_are_errors() {
    assert_eq!(refusal(b"\\NONE"), Cause::NotFound("\\NONE".into()));
    assert_eq!(refusal(b"\x2e^abcABCD"), Cause::Name);
    let twice = [&[0x08][..], b"NAME", &[0, 0x08], b"NAME", &[0]].concat();
    assert_eq!(refused_table(&table(&twice)), Cause::AlreadyExists("\\NAME".into()));
}
