//! REST control of a machine over a Unix socket, in Cloud Hypervisor's dialect
