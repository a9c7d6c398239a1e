//! Puts a machine together and owns its threads, run loop and reset
