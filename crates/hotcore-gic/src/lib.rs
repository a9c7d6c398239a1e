//! A GICv3 (Arm IHI 0069): distributor, redistributors and CPU interfaces, as a state machine.
