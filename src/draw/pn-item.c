/* SPDX-License-Identifier: MIT */
#include "pn-item.h"

const char *
pn_layer_name (PnLayer layer)
{
  static const char *const names[] = {
#define X(symbol, clip, name) name,
    PN_LAYERS (X)
#undef X
  };

  return names[layer];
}

PnClip
pn_layer_clip (PnLayer layer)
{
  static const PnClip clips[] = {
#define X(symbol, clip, name) PN_CLIP_##clip,
    PN_LAYERS (X)
#undef X
  };

  return clips[layer];
}

const char *
pn_item_kind_name (PnItemKind kind)
{
  static const char *const names[] = {
#define X(symbol, name) name,
    PN_ITEMS (X)
#undef X
  };

  return names[kind];
}

const char *
pn_role_name (PnRole role)
{
  static const char *const names[] = {
#define X(symbol, name) name,
    PN_ROLES (X)
#undef X
  };

  return names[role];
}
