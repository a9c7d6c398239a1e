// What tables of arm64 virtual machines are made of, apart from CPU hotplug: a PCI host bridge whose
// resources are computed, interrupt links, a firmware interface, and code outside of methods.
DefinitionBlock ("", "DSDT", 2, "HOTCOR", "MACHINE", 1)
{
  External (\_SB.PCI0.NONE, DeviceObj)
  Name (HPCI, One)
  Scope (\_SB)
  {
    Device (C000) { Name (_HID, "ACPI0007") Name (_UID, Zero) }
    Device (C001) { Name (_HID, "ACPI0007") Name (_UID, One) Method (_STA) { Return (0xF) } }
    Device (CLU0)
    {
      Name (_HID, "ACPI0010")
      Name (_UID, 0)
      Name (_LPI, Package () { 0, 0, 1, Package () { 2500, 1150, 1, 1, 1, 0, 0x01010000, ResourceTemplate () { Register (SystemMemory, 0, 0, 0, 0) }, ResourceTemplate () { Register (SystemMemory, 0, 0, 0, 0) }, "Cluster" } })
      Device (CP00) { Name (_HID, "ACPI0007") Name (_UID, 2) Method (_LPI) { Return (^^_LPI) } }
    }
    Device (FWCF) { Name (_HID, "QEMU0002") Name (_STA, 0xB) Name (_CCA, One) Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadWrite, 0x09020000, 0x18) }) }
    Device (VR00) { Name (_HID, "LNRO0005") Name (_UID, 0) Name (_CCA, One) Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadWrite, 0x0A000000, 0x200) Interrupt (ResourceConsumer, Level, ActiveHigh, Exclusive) { 48 } }) }
    Device (L000) { Name (_HID, EisaId ("PNP0C0F")) Name (_UID, 0) Name (_PRS, ResourceTemplate () { Interrupt (ResourceConsumer, Level, ActiveHigh, Exclusive) { 35 } }) Method (_CRS) { Return (_PRS) } Method (_SRS, 1) { } Method (_DIS) { } }
    Device (PCI0)
    {
      Name (_HID, EisaId ("PNP0A08"))
      Name (_CID, EisaId ("PNP0A03"))
      Name (_SEG, 0)
      Name (_BBN, 0)
      Name (_CCA, One)
      Name (_PRT, Package () { Package () { 0xFFFF, 0, L000, 0 }, Package () { 0x1FFFF, 0, \_SB.L000, 0 } })
      Name (RBUF, ResourceTemplate ()
      {
        WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xFF, 0, 0x100)
        DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0x10000000, 0x3EFEFFFF, 0, 0x2EFF0000, , , MEM0)
        QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0, 0, 0, 0, , , MEM1)
      })
      Method (_CRS, 0, Serialized)
      {
        CreateDWordField (RBUF, \_SB.PCI0.MEM0._MIN, BASE)
        CreateQWordField (RBUF, \_SB.PCI0.MEM1._MIN, LOWE)
        CreateQWordField (RBUF, \_SB.PCI0.MEM1._MAX, HIGH)
        CreateQWordField (RBUF, \_SB.PCI0.MEM1._LEN, SIZE)
        LOWE = 0x8000000000
        SIZE = 0x8000000000
        HIGH = LOWE + SIZE - 1
        BASE += 0
        Return (RBUF)
      }
      Name (SUPP, 0)
      Name (CTRL, 0)
      Method (_OSC, 4, Serialized)
      {
        CreateDWordField (Arg3, 0, CDW1)
        If (Arg0 == ToUUID ("33DB4D5B-1FF7-401C-9657-7441C03DD766"))
        {
          CreateDWordField (Arg3, 4, CDW2)
          CreateDWordField (Arg3, 8, CDW3)
          SUPP = CDW2
          CTRL = CDW3
          CTRL &= 0x1D
          If (Arg1 != One) { CDW1 |= 0x08 }
          If (CDW3 != CTRL) { CDW1 |= 0x10 }
          CDW3 = CTRL
        }
        Else { CDW1 |= 0x04 }
        Return (Arg3)
      }
      Method (_DSM, 4)
      {
        If (Arg0 == ToUUID ("E5C937D0-3553-4D7A-9117-EA4D19C3434D"))
        {
          Switch (ToInteger (Arg2))
          {
            Case (0) { Return (Buffer () { 0x21 }) }
            Case (5) { Return (Zero) }
          }
        }
        Return (Buffer () { 0 })
      }
      If (HPCI) { Device (S00) { Name (_ADR, 0) } } Else { Device (S08) { Name (_ADR, 0) } }
    }
    Device (TPM0)
    {
      Name (_HID, "MSFT0101")
      OperationRegion (PPI, SystemMemory, 0xFED45000, 0x400)
      Field (PPI, AnyAcc, NoLock, Preserve) { PPIN, 8, , 32, PPRQ, 32 }
      OperationRegion (PCIR, PCI_Config, 0, 4)
      Field (PCIR, DWordAcc, NoLock, Preserve) { VEND, 32 }
      Method (READ) { Return (VEND) }
      Method (TPFN, 1, Serialized)
      {
        If (Arg0 >= 0x100) { Return (Zero) }
        OperationRegion (TPP1, SystemMemory, 0xFED45000 + Arg0, One)
        Field (TPP1, ByteAcc, NoLock, Preserve) { TPPF, 8 }
        Return (TPPF)
      }
    }
  }
  Name (\_S5, Package () { 5, 0, 0, 0 })
  Processor (\_PR.CPU7, 7, 0, 0) { Name (_UID, 7) }
}
