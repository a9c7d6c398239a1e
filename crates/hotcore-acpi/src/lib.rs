//! ACPI tables, AML, EFI hand-off structures and device tree of an arm64 guest with CPU hotplug
