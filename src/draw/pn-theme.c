/* SPDX-License-Identifier: MIT */
#include "pn-theme.h"

#include <math.h>

#define READABLE 4.5

typedef struct
{
  guint32 roles[PN_ROLE_ON_DANGER + 1];
  guint32 objects[PN_N_OBJECT_COLORS];
} Palette;

/* Okabe and Ito's colours, in the order of DESIGN 4; the dark theme's are lighter ones
 * of the same hues. */
static const Palette palettes[] = {
  [PN_THEME_LIGHT] = {
    .roles = {
      [PN_ROLE_BACKGROUND] = 0xffffff, [PN_ROLE_PANEL] = 0xfafafa,
      [PN_ROLE_LINE] = 0xe6e5e3, [PN_ROLE_GRID] = 0xf0efee, [PN_ROLE_TICK] = 0xa8a7ac,
      [PN_ROLE_TEXT] = 0x241f31, [PN_ROLE_DIM] = 0x6c6b70, [PN_ROLE_RUN] = 0x4a5a70,
      [PN_ROLE_ON_RUN] = 0xffffff, [PN_ROLE_JOIN] = 0x6f6e73,
      [PN_ROLE_ACCENT] = 0x1c71d8, [PN_ROLE_ON_ACCENT] = 0xffffff,
      [PN_ROLE_DANGER] = 0xc01c28, [PN_ROLE_ON_DANGER] = 0xffffff,
    },
    .objects = { 0xd55e00, 0x0072b2, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9 },
  },
  [PN_THEME_DARK] = {
    .roles = {
      [PN_ROLE_BACKGROUND] = 0x1e1e22, [PN_ROLE_PANEL] = 0x232327,
      [PN_ROLE_LINE] = 0x35353b, [PN_ROLE_GRID] = 0x2a2a2f, [PN_ROLE_TICK] = 0x6d6d70,
      [PN_ROLE_TEXT] = 0xf2f2f2, [PN_ROLE_DIM] = 0x9a9996, [PN_ROLE_RUN] = 0x93a4bd,
      [PN_ROLE_ON_RUN] = 0x1e1e22, [PN_ROLE_JOIN] = 0x9a9996,
      [PN_ROLE_ACCENT] = 0x78aeed, [PN_ROLE_ON_ACCENT] = 0x16161a,
      [PN_ROLE_DANGER] = 0xff7b70, [PN_ROLE_ON_DANGER] = 0x1e1e22,
    },
    .objects = { 0xff9a4d, 0x62b8f0, 0x45d0a8, 0xe5a3c9, 0xf7c34b, 0x9bd8fb },
  },
  [PN_THEME_PRINT] = {
    .roles = {
      [PN_ROLE_BACKGROUND] = 0xffffff, [PN_ROLE_PANEL] = 0xffffff,
      [PN_ROLE_LINE] = 0xb8b8b8, [PN_ROLE_GRID] = 0xdedede, [PN_ROLE_TICK] = 0x606060,
      [PN_ROLE_TEXT] = 0x000000, [PN_ROLE_DIM] = 0x404040, [PN_ROLE_RUN] = 0x202020,
      [PN_ROLE_ON_RUN] = 0xffffff, [PN_ROLE_JOIN] = 0x505050,
      [PN_ROLE_ACCENT] = 0x000000, [PN_ROLE_ON_ACCENT] = 0xffffff,
      [PN_ROLE_DANGER] = 0x000000, [PN_ROLE_ON_DANGER] = 0xffffff,
    },
    .objects = { 0 },
  },
};

static PnColor
from_rgb (guint32 rgb)
{
  return (PnColor){
    (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0, 1.0
  };
}

static double
linear (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (PnColor color)
{
  return 0.2126 * linear (color.red) + 0.7152 * linear (color.green)
         + 0.0722 * linear (color.blue);
}

static PnColor
blend (PnColor from, PnColor to, double share)
{
  return (PnColor){ from.red + (to.red - from.red) * share,
                    from.green + (to.green - from.green) * share,
                    from.blue + (to.blue - from.blue) * share,
                    1.0 };
}

double
pn_color_contrast (PnColor a, PnColor b)
{
  double la = luminance (a), lb = luminance (b);

  return (MAX (la, lb) + 0.05) / (MIN (la, lb) + 0.05);
}

PnColor
pn_theme_object_color (PnThemeKind theme, guint order)
{
  return from_rgb (palettes[theme].objects[order % PN_N_OBJECT_COLORS]);
}

PnColor
pn_theme_object_ink_color (PnThemeKind theme, guint order)
{
  PnColor background = from_rgb (palettes[theme].roles[PN_ROLE_PANEL]);
  PnColor color = pn_theme_object_color (theme, order);
  PnColor end = from_rgb (theme == PN_THEME_DARK ? 0xffffff : 0x000000);

  for (int step = 0; step <= 20; step++)
    {
      PnColor ink = blend (color, end, step / 20.0);
      if (pn_color_contrast (ink, background) >= READABLE)
        return ink;
    }
  return end;
}

PnColor
pn_theme_object_text_color (PnThemeKind theme, guint order)
{
  PnColor color = pn_theme_object_color (theme, order);
  PnColor white = from_rgb (0xffffff);

  /* In print a label lies on a white plate, not on the object's black pattern. */
  if (theme == PN_THEME_PRINT)
    return from_rgb (0x000000);
  if (theme == PN_THEME_LIGHT && pn_color_contrast (white, color) >= READABLE)
    return white;
  return from_rgb (theme == PN_THEME_DARK ? 0x16161a : 0x000000);
}

gboolean
pn_theme_object_outlined (PnThemeKind theme, guint order)
{
  return theme == PN_THEME_PRINT
         || (theme == PN_THEME_LIGHT && order % PN_N_OBJECT_COLORS >= 4);
}

PnPattern
pn_theme_object_pattern (PnThemeKind theme, guint order)
{
  if (theme != PN_THEME_PRINT)
    return PN_PATTERN_SOLID;
  /* Rising lines are the joins'. */
  return PN_PATTERN_BACK_HATCH + order % (PN_N_PATTERNS - PN_PATTERN_BACK_HATCH);
}

PnColor
pn_theme_color (PnThemeKind theme, PnRole role, guint order)
{
  switch (role)
    {
    case PN_ROLE_OBJECT:
      return pn_theme_object_color (theme, order);
    case PN_ROLE_INK:
      return pn_theme_object_ink_color (theme, order);
    case PN_ROLE_ON_OBJECT:
      return pn_theme_object_text_color (theme, order);
    default:
      return from_rgb (palettes[theme].roles[role]);
    }
}

char *
pn_color_to_string (PnColor color)
{
  return g_strdup_printf ("#%02x%02x%02x",
                          (int)lround (color.red * 255),
                          (int)lround (color.green * 255),
                          (int)lround (color.blue * 255));
}
