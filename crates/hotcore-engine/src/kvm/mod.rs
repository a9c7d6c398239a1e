//! KVM back end.
