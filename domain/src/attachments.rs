//! Attachments 附件: what kinds of file there are.

use crate::prelude::*;

codes! {
    /// What a file is, by its bytes.
    pub enum AttachmentKind {
        /// A photo.
        Jpeg = "jpeg",
        /// A picture.
        Png = "png",
        /// A picture.
        Webp = "webp",
        /// A picture that may move.
        Gif = "gif",
        /// A document to be read.
        Pdf = "pdf",
        /// Word since 2007.
        Docx = "docx",
        /// Excel since 2007.
        Xlsx = "xlsx",
        /// Plain text.
        Text = "text",
    }
}

impl AttachmentKind {
    /// The endings that names of such files have; the first is the one that is added to a name without.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &[".jpg", ".jpeg"],
            Self::Png => &[".png"],
            Self::Webp => &[".webp"],
            Self::Gif => &[".gif"],
            Self::Pdf => &[".pdf"],
            Self::Docx => &[".docx"],
            Self::Xlsx => &[".xlsx"],
            Self::Text => &[".txt", ".csv", ".md", ".log"],
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}
