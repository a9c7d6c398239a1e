  Name (INT0, 0) Name (INT1, 0) Name (INT2, 0) Name (INT3, 0) Name (INT4, 0)
  Name (INT5, 55) Name (INT6, 0) Name (INT7, 7) Name (INT8, 8)
  Name (STR0, "string") Name (STR1, "s") Name (STR2, "s") Name (STR3, "abc")
  Name (BUF0, Buffer () { 1, 2, 3 }) Name (BUF1, Buffer () { 9, 9, 9 })
  Name (BUF2, Buffer () { 9, 9, 9 }) Name (BUF3, Buffer () { 9, 9, 9 }) Name (BUF4, Buffer () { 9 })
  Name (BUF5, Buffer () { 1, 2, 3 }) Name (BUF6, Buffer () { 1, 2, 3 })
  Name (BUF7, Buffer () { 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6, 0x17, 0x28 })
  Name (BUF8, Buffer () { 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6, 0x17, 0x28, 0x39, 0x4A })
  Name (BUF9, Buffer () { 1, 2, 3, 4 })
  Name (PKG0, Package () { 1, "two", Buffer () { 3, 4 }, Package () { 5, 6 } })
  Name (PKG1, Package () { 0 }) Name (PKG2, Package () { 1, 2 })
  Name (FWDP, Package () { FWDI, DEV0 })
  Name (FWDI, 99)
  Alias (INT5, ALI0) Alias (INT8, ALI1)
  Mutex (MUT0, 0) Mutex (MUT5, 5) Event (EVT0)
  CreateWordField (BUF9, 1, BFL0)
  Device (DEV0)
  {
    Name (_HID, "ACPI0007")
    Name (XYZ0, 12)
    Method (DEEP) { Return (INT5 + XYZ0) }
    Method (PEEK) { Return (^XYZ0 + \INT5) }
    PowerResource (PWR0, 0, 0) { Method (_STA) { Return (1) } Method (_ON) { } Method (_OFF) { } }
  }
  ThermalZone (\TZ00) { }
  Scope (\_SB)
  {
    Device (SCO1)
    {
      Name (_HID, "ACPI0004")
      Name (VAL0, 1)
      Method (GETV) { Return (VAL0) }
      Device (SCO2) { Name (_HID, "ACPI0004") Name (VAL0, 2) Method (GETV) { Return (VAL0 + ^^VAL0) } }
    }
  }
  Method (SETA, 1) { Arg0 = 42 }
  Method (SETB, 1) { Arg0 [1] = 42 }
  Method (SETP, 1) { Arg0 [1] = 42 }
  Method (VPKG, 1) { Return (Package (Arg0) { 1, 2 }) }
  Method (RECU, 1) { If (Arg0) { Return (Arg0 + RECU (Arg0 - 1)) } Return (0) }
  Method (ADD7, 7) { Return (Arg0 + Arg1 + Arg2 + Arg3 + Arg4 + Arg5 + Arg6) }
  Method (LOCL, 0, Serialized) { Name (LVAL, 4) LVAL++ Return (LVAL) }
  Method (FWD1) { Return (FWD2 (3)) }
  Method (FWD2, 1) { Return (Arg0 * 2) }
  External (NONE, MethodObj)
  Method (MISS, 1) { If (CondRefOf (NONE)) { NONE () } Return (Arg0) }
  Method (OSC0, 1)
  {
    CreateDWordField (Arg0, 0, CDW1)
    CreateDWordField (Arg0, 4, CDW2)
    CDW1 |= 0x10
    CDW2 = 0
    Return (Arg0)
  }
  OperationRegion (REG0, SystemMemory, 0x10000000, 0x40)
  Field (REG0, ByteAcc, NoLock, Preserve) { FLD0, 4, FLD1, 4 }
  Field (REG0, ByteAcc, NoLock, Preserve) { FLDB, 8 }
  Field (REG0, ByteAcc, NoLock, WriteAsOnes) { Offset (1), WON0, 4, WON1, 4 }
  Field (REG0, ByteAcc, NoLock, Preserve) { Offset (1), WOB0, 8 }
  Field (REG0, ByteAcc, NoLock, WriteAsZeros) { Offset (2), WZE0, 4, WZE1, 4 }
  Field (REG0, ByteAcc, NoLock, Preserve) { Offset (2), WZB0, 8 }
  Field (REG0, ByteAcc, NoLock, Preserve) { Offset (4), , 4, CROS, 24 }
  Field (REG0, AnyAcc, NoLock, Preserve) { Offset (4), CRB0, 8, CRB1, 8, CRB2, 8, CRB3, 8 }
  Field (REG0, DWordAcc, NoLock, Preserve) { Offset (8), WIDE, 96 }
  Field (REG0, QWordAcc, NoLock, Preserve) { Offset (0x18), QUAD, 64 }
  Field (REG0, ByteAcc, NoLock, Preserve) { Offset (0x18), QUAB, 8 }
  Field (REG0, WordAcc, NoLock, Preserve) { Offset (0x20), ODD0, 3, ODD1, 21, ODD2, 13 }
  OperationRegion (REG2, SystemMemory, 0x10000040, INT7)
  Field (REG2, ByteAcc, NoLock, Preserve) { Offset (7), BEYO, 8 }
  Field (REG0, ByteAcc, NoLock, Preserve) { Offset (0x28), INDX, 8, DATA, 8 }
  IndexField (INDX, DATA, ByteAcc, NoLock, Preserve) { Offset (3), IDX0, 8, , 2, IDX1, 6 }
  Field (REG0, ByteAcc, NoLock, Preserve) { Offset (0x2A), BANK, 8, FLDX, 8 }
  BankField (REG0, BANK, 5, ByteAcc, NoLock, Preserve) { Offset (0x2B), BNK0, 8 }
  Field (REG0, ByteAcc, NoLock, Preserve) { Offset (0x30), ACQ8, 8, AccessAs (WordAcc, 0), Offset (0x32), ACQ9, 16 }
  OperationRegion (REG1, SystemMemory, 0x10000000 + 0x38, 1 + 3)
  Field (REG1, DWordAcc, NoLock, Preserve) { REGL, 32 }
  Method (NAMR, 1) { Name (SUB0, 1) If (Arg0) { Return (NAMR (Arg0 - 1)) } Return (SUB0) }
  Method (RDRF, 1) { Return (DerefOf (Arg0)) }
  Method (CHAI, 1) { SETA (Arg0) Return (DerefOf (Arg0)) }
  Method (CALL) { Return (ARGS (INT5, 2, ADD7 (1, 1, 1, 1, 1, 1, 1))) }
  Method (ARGS, 3) { Return (Concatenate (Concatenate (ToDecimalString (Arg0), ToDecimalString (Arg1)), ToDecimalString (Arg2))) }
  Method (NORE) { Local0 = 1 }
