//! Guest-visible behaviour of real Linux guests, numbered as in the guest contract
