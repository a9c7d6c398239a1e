//! How the kernel is linked: by `image.ld`, straight into the flat file that boot loaders take.

fn main() {
    let folder = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo:rerun-if-changed=image.ld");
    for argument in [
        &*format!("-T{folder}/image.ld"),
        // Booted wherever a loader likes: data with addresses in it is relocated by the kernel itself.
        "-pie",
        "--no-dynamic-linker",
        "--oformat=binary",
        "-z",
        "norelro",
        // Constants with addresses are relocated where they are.
        "-z",
        "notext",
    ] {
        println!("cargo:rustc-link-arg-bins={argument}");
    }
}
