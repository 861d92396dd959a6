//! One draft of a unit on its way into the log.

use jiff::Timestamp;
use jinqiao_events::decide::Draft;
use jinqiao_events::kinds::Event;
use jinqiao_events::log::codec;
use jinqiao_events::log::{LogError, Placed, Recorded, Stored};

use super::{Receipt, content};

/// One draft of a unit on its way.
#[derive(Debug)]
pub(super) enum Slot {
    /// Recorded before under the same key.
    Repeated(Receipt),
    /// Goes into the log with this group.
    New(Box<(Stored, Event)>),
}

impl Slot {
    /// The slot of a draft that passed the rules.
    pub(super) fn new(draft: Draft, digest: Option<[u8; 16]>, now: Timestamp) -> Result<Self, LogError> {
        let kind = draft.event.kind();
        let stored = Stored {
            position: 0,
            id: draft.id,
            kind: kind.name().to_owned(),
            version: kind.version(),
            occurred: draft.occurred,
            recorded_at: now,
            recorded_by: draft.recorded_by,
            organisation: draft.organisation,
            source: draft.source,
            programmes: draft.programmes,
            key: draft.key,
            digest,
            tags: draft.event.tags(),
            body: content::body_of(&draft.event)?,
        };
        Ok(Self::New(Box::new((stored, draft.event))))
    }

    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::New(new) => new.0.key.as_deref(),
            Self::Repeated(_) => None,
        }
    }

    /// Bytes in the log, as the log counts them.
    pub(super) fn bytes(&self) -> Result<usize, LogError> {
        match self {
            Self::New(new) => Ok(codec::encode_event(&new.0)?.len()),
            Self::Repeated(_) => Ok(0),
        }
    }

    /// Its receipt while it is not in the log.
    pub(super) fn rehearsed(&self) -> Receipt {
        match self {
            Self::New(new) => {
                Receipt { position: 0, id: new.0.id, recorded_at: new.0.recorded_at, repeated: false }
            }
            Self::Repeated(receipt) => *receipt,
        }
    }

    /// The event as the log will hand it back; nothing for one that is there already.
    pub(super) fn recorded(&self) -> Option<Recorded> {
        match self {
            Self::New(new) => Some(recorded(&new.0, new.1.clone())),
            Self::Repeated(_) => None,
        }
    }
}

/// What a unit adds to the log.
pub(super) fn stored_of(slots: &[Slot]) -> Vec<Stored> {
    let new = slots.iter().filter_map(|slot| match slot {
        Slot::New(new) => Some(new.0.clone()),
        Slot::Repeated(_) => None,
    });
    new.collect()
}

/// The receipts of a unit that the log has placed; what is new goes to `published`.
pub(super) fn receipts(slots: Vec<Slot>, placed: Vec<Placed>, published: &mut Vec<Recorded>) -> Vec<Receipt> {
    let mut placed = placed.into_iter();
    let mut receipts = Vec::with_capacity(slots.len());
    for slot in slots {
        match slot {
            Slot::Repeated(receipt) => receipts.push(receipt),
            Slot::New(new) => {
                let (stored, event) = *new;
                let Some(Placed { position, repeated }) = placed.next() else { continue };
                let Stored { id, recorded_at, .. } = stored;
                receipts.push(Receipt { position, id, recorded_at, repeated });
                if !repeated {
                    published.push(recorded(&Stored { position, ..stored }, event));
                }
            }
        }
    }
    receipts
}

fn recorded(stored: &Stored, event: Event) -> Recorded {
    Recorded {
        position: stored.position,
        id: stored.id,
        occurred: stored.occurred,
        recorded_at: stored.recorded_at,
        recorded_by: stored.recorded_by.clone(),
        programmes: stored.programmes.clone(),
        event,
    }
}
