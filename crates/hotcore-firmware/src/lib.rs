//! PSCI: from a guest's call to a ledger input (no_std)
