// The tags WeChat itself provides. Style sheets name them, so builder and runtime share the list.
export const BUILTIN_TAGS = new Set(
  ('view text image icon button input textarea picker picker-view picker-view-column scroll-view swiper swiper-item form label ' +
    'switch checkbox checkbox-group radio radio-group slider navigator canvas rich-text progress page-meta navigation-bar ' +
    'cover-view cover-image movable-area movable-view root-portal match-media keyboard-accessory web-view map video camera ' +
    'official-account open-data ad share-element').split(' '),
)
