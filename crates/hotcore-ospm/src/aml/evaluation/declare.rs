//! Declarations: objects of the namespace (ACPI 6.5 §20.2.5.1, §20.2.5.2).

use super::{Data, Evaluation, Kind};
use crate::aml::error::Cause;
use crate::aml::namespace::{Method, Region};
use crate::aml::opcode::{
    ALIAS, BANK_FIELD, CREATE_BIT_FIELD, CREATE_BYTE_FIELD, CREATE_DWORD_FIELD, CREATE_FIELD,
    CREATE_QWORD_FIELD, CREATE_WORD_FIELD, DATA_REGION, DEVICE, EVENT, EXTERNAL, FIELD,
    INDEX_FIELD, METHOD, MUTEX, NAME, POWER_RESOURCE, PROCESSOR, REGION, SCOPE, THERMAL_ZONE,
};

impl Evaluation<'_> {
    /// Declares what the opcode declares. False if it declares nothing.
    #[inline(never)]
    pub(super) fn declaration(&mut self, opcode: u16) -> Result<bool, Cause> {
        match opcode {
            NAME => {
                let path = self.frame.path()?;
                let value = self.term()?;
                let data = self.data_of(&value)?;
                self.declare(&path, Kind::Name(data))?;
            }
            SCOPE => self.scope()?,
            DEVICE | PROCESSOR | POWER_RESOURCE | THERMAL_ZONE => self.container(opcode)?,
            METHOD => self.method()?,
            ALIAS => {
                let target = self.frame.path()?;
                let target = self.find(&target)?;
                let path = self.frame.path()?;
                self.declare(&path, Kind::Alias(target))?;
            }
            EXTERNAL => {
                self.frame.path()?;
                self.frame.bytes(2)?;
            }
            MUTEX => {
                let path = self.frame.path()?;
                let level = self.frame.byte()? & 0xf;
                self.declare(&path, Kind::Mutex(level))?;
            }
            EVENT => {
                let path = self.frame.path()?;
                self.declare(&path, Kind::Event(Data::Integer(0)))?;
            }
            REGION => self.region()?,
            FIELD | INDEX_FIELD | BANK_FIELD => self.fields(opcode)?,
            CREATE_FIELD | CREATE_BIT_FIELD | CREATE_BYTE_FIELD | CREATE_WORD_FIELD
            | CREATE_DWORD_FIELD | CREATE_QWORD_FIELD => self.create_field(opcode)?,
            DATA_REGION => return Err(Cause::Unsupported("DataTableRegion")),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// `Scope`: goes on in an object that is there.
    #[inline(never)]
    fn scope(&mut self) -> Result<(), Cause> {
        let end = self.frame.package_end()?;
        let path = self.frame.path()?;
        let scope = self.find(&path)?;
        match self.entry(scope)?.kind {
            Kind::Scope
            | Kind::Device
            | Kind::Processor(_)
            | Kind::PowerResource
            | Kind::ThermalZone => {}
            _ => return Err(Cause::Type("an object with a scope")),
        }
        self.frame.enter(end, None)?;
        self.frame.scope = scope;
        Ok(())
    }

    #[inline(never)]
    fn container(&mut self, opcode: u16) -> Result<(), Cause> {
        let end = self.frame.package_end()?;
        let path = self.frame.path()?;
        let kind = match opcode {
            DEVICE => Kind::Device,
            THERMAL_ZONE => Kind::ThermalZone,
            PROCESSOR => {
                let id = self.frame.byte()?;
                // The P_BLK's address and length.
                self.frame.bytes(5)?;
                Kind::Processor(id)
            }
            _ => {
                // SystemLevel and ResourceOrder.
                self.frame.bytes(3)?;
                Kind::PowerResource
            }
        };
        let object = self.declare(&path, kind)?;
        self.frame.enter(end, None)?;
        self.frame.scope = object;
        Ok(())
    }

    #[inline(never)]
    fn method(&mut self) -> Result<(), Cause> {
        let end = self.frame.package_end()?;
        let path = self.frame.path()?;
        let arguments = self.frame.byte()? & 7;
        let start = self.frame.at;
        if start > end {
            return Err(Cause::PackageLength);
        }
        self.frame.at = end;
        let (table, start, end) = (self.frame.table as u32, start as u32, end as u32);
        self.declare(&path, Kind::Method(Method { arguments, table, start, end }))?;
        Ok(())
    }

    /// `OperationRegion`: where it is, is evaluated now.
    #[inline(never)]
    fn region(&mut self) -> Result<(), Cause> {
        let path = self.frame.path()?;
        let space = self.frame.byte()?;
        let offset = self.integer()?;
        let length = self.integer()?;
        if offset.checked_add(length).is_none() {
            return Err(Cause::Region(offset));
        }
        self.declare(&path, Kind::Region(Region { space, offset, length }))?;
        Ok(())
    }
}
