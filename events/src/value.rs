//! Values: parse once, valid for ever. Having the value is the proof that it was checked.
