/* SPDX-License-Identifier: MIT */
#include "pn-test.h"
#include "value-private.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

static void
assert_repr (MpValue value, const char *expected)
{
  char text[512];

  g_assert_cmpstr (mp_repr (value, text, sizeof text), ==, expected);
  mp_clear (&value);
}

static MpValue
list_of (size_t n, const MpValue *items)
{
  MpValue list = mp_list ();

  for (size_t i = 0; i < n; i++)
    g_assert_cmpint (mp_append (&list, items[i]), ==, 0);
  return list;
}

static MpValue
nested (unsigned depth)
{
  MpValue value = mp_list ();

  for (unsigned i = 1; i < depth; i++)
    {
      MpValue outer = mp_list ();

      g_assert_cmpint (mp_append (&outer, value), ==, 0);
      value = outer;
    }
  return value;
}

static void
repr_scalars (void)
{
  assert_repr (mp_none (), "None");
  assert_repr (mp_bool (true), "True");
  assert_repr (mp_bool (false), "False");
  assert_repr (mp_int (0), "0");
  assert_repr (mp_int (INT64_MIN), "-9223372036854775808");
  assert_repr (mp_list (), "[]");
  assert_repr (mp_dict (), "{}");
  assert_repr (mp_text (""), "''");
  assert_repr (mp_bytes ("", 0), "b''");
}

static void
repr_floats (void)
{
  static const struct
  {
    double number;
    const char *repr;
  } cases[] = {
    { 0.0, "0.0" },
    { -0.0, "-0.0" },
    { 0.5, "0.5" },
    { 1.0, "1.0" },
    { 0.1, "0.1" },
    { 0.30000000000000004, "0.30000000000000004" },
    { 1e15, "1000000000000000.0" },
    { 1e16, "1e+16" },
    { 123456789012345680.0, "1.2345678901234568e+17" },
    { 0.0001, "0.0001" },
    { 0.00012345, "0.00012345" },
    { 0.00001, "1e-05" },
    { 1e22, "1e+22" },
    { 1e100, "1e+100" },
    { 5e-324, "5e-324" },
    { 2.2250738585072014e-308, "2.2250738585072014e-308" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 0x1p-44, "5.684341886080802e-14" },
    { 9007199254740993.0, "9007199254740992.0" },
    { 1234.5, "1234.5" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_repr (mp_float (cases[i].number), cases[i].repr);
  assert_repr (mp_float (INFINITY), "inf");
  assert_repr (mp_float (-INFINITY), "-inf");
  assert_repr (mp_float (NAN), "nan");
}

static void
repr_texts (void)
{
  assert_repr (mp_text ("plain"), "'plain'");
  assert_repr (mp_text ("it's"), "\"it's\"");
  assert_repr (mp_text ("say \"x\""), "'say \"x\"'");
  assert_repr (mp_text ("it's \"x\""), "'it\\'s \"x\"'");
  assert_repr (mp_text ("a\\b\n\r\t\x01\x7f"), "'a\\\\b\\n\\r\\t\\x01\\x7f'");
  assert_repr (mp_text ("Grüße, 世界 🎉"), "'Grüße, 世界 🎉'");
  assert_repr (mp_text ("\u00a0\u00ad\u200b\u2028\ue000"),
               "'\\xa0\\xad\\u200b\\u2028\\ue000'");
  assert_repr (mp_text ("\U000e0001"), "'\\U000e0001'");
  assert_repr (mp_text ("a\xff\xc0\x80z"), "'a\\udcff\\udcc0\\udc80z'");
  assert_repr (mp_bytes ("\0'\"\\\n\x80z", 7), "b'\\x00\\'\"\\\\\\n\\x80z'");
  assert_repr (mp_bytes ("it's", 4), "b\"it's\"");
}

static void
repr_containers (void)
{
  MpValue dict = mp_dict ();

  g_assert_cmpint (mp_dict_set (&dict, "b", mp_int (1)), ==, 0);
  g_assert_cmpint (mp_dict_set (&dict, "a", mp_none ()), ==, 0);
  g_assert_cmpint (
      mp_dict_set (
          &dict, "it's", list_of (2, (MpValue[]){ mp_text ("x"), mp_float (0.5) })),
      ==,
      0);
  assert_repr (dict, "{'b': 1, 'a': None, \"it's\": ['x', 0.5]}");
}

static void
repr_is_cut_between_characters (void)
{
  MpValue text = mp_text ("äöüäöüäöü");
  char whole[64];
  size_t length = strlen (mp_repr (text, whole, sizeof whole));

  for (size_t size = 1; size <= length + 2; size++)
    {
      g_autofree char *cut = g_malloc (size);

      mp_repr (text, cut, size);
      g_assert_cmpuint (strlen (cut), <, size);
      g_assert_true (g_utf8_validate (cut, -1, NULL));
      g_assert_true (size <= length ? size < 4 || g_str_has_suffix (cut, "…")
                                    : strcmp (cut, whole) == 0);
    }
  mp_clear (&text);
}

static void
repr_ignores_the_locale (void)
{
  if (setlocale (LC_NUMERIC, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("no locale with a decimal comma here");
      return;
    }
  assert_repr (mp_float (0.5), "0.5");
  setlocale (LC_NUMERIC, "C");
}

static void
append_line (GString *lines, char type, const void *bytes, size_t n, MpValue value)
{
  char repr[1024];

  g_string_append_c (lines, type);
  for (size_t i = 0; i < n; i++)
    g_string_append_printf (lines, "%02x", ((const unsigned char *)bytes)[i]);
  g_string_append_printf (lines, " %s\n", mp_repr (value, repr, sizeof repr));
  mp_clear (&value);
}

static void
append_float (GString *lines, double number)
{
  append_line (lines, 'f', &number, sizeof number, mp_float (number));
}

static void
append_characters (GString *lines)
{
  for (gunichar c = 1; c < 0x110000; c++)
    {
      char text[8] = { 0 };

      if (c >= 0xd800 && c < 0xe000)
        continue;
      if (c >= 0x3400 && c < 0xf0000 && c % 7 != 0)
        continue;
      g_unichar_to_utf8 (c, text);
      append_line (lines, 't', text, strlen (text), mp_text (text));
    }
}

static void
append_random (GString *lines)
{
  char text[24];

  for (int exponent = -1074; exponent <= 1023; exponent++)
    {
      append_float (lines, ldexp (1.0, exponent));
      append_float (lines, nextafter (ldexp (1.0, exponent), 0));
    }
  for (int64_t i = 0; i < pn_test_times (20000); i++)
    {
      uint64_t bits = (uint64_t)g_test_rand_int () << 32 | (uint32_t)g_test_rand_int ();
      double number;

      memcpy (&number, &bits, sizeof number);
      append_float (lines, number);
      append_float (lines, g_test_rand_int () / 1000.0);
    }
  for (int64_t i = 0; i < pn_test_times (5000); i++)
    {
      for (size_t at = 0; at < sizeof text - 1; at++)
        text[at] = (char)g_test_rand_int_range (1, 256);
      text[g_test_rand_int_range (1, sizeof text)] = '\0';
      append_line (lines, 't', text, strlen (text), mp_text (text));
      append_line (lines, 'b', text, sizeof text, mp_bytes (text, sizeof text));
    }
}

/* The specification is what python3 prints. */
static void
repr_agrees_with_python (void)
{
  static const char *script
      = "import struct, sys\n"
        "bad = 0\n"
        "for line in open (sys.argv[1], encoding='utf-8', newline='\\n'):\n"
        "    head, text = line[:-1].split (' ', 1)\n"
        "    raw = bytes.fromhex (head[1:])\n"
        "    value = (struct.unpack ('<d', raw)[0] if head[0] == 'f' else\n"
        "             raw.decode ('utf-8', 'surrogateescape') if head[0] == 't'\n"
        "             else raw)\n"
        "    if repr (value) != text:\n"
        "        bad += 1\n"
        "        print (head, ascii (repr (value)), ascii (text))\n"
        "sys.exit (bad > 0)\n";
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autofree char *python = g_find_program_in_path ("python3");
  g_autofree char *path = NULL;
  g_autofree char *output = NULL;
  int status = 0;
  int fd;

  if (python == NULL)
    {
      g_test_skip ("python3 is not installed");
      return;
    }
  append_characters (lines);
  append_random (lines);
  fd = g_file_open_tmp ("repr-XXXXXX", &path, NULL);
  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, lines->str, (gssize)lines->len, NULL));
  g_assert_true (g_spawn_sync (NULL,
                               (char *[]){ python, "-c", (char *)script, path, NULL },
                               NULL,
                               G_SPAWN_DEFAULT,
                               NULL,
                               NULL,
                               &output,
                               NULL,
                               &status,
                               NULL));
  g_unlink (path);
  if (status != 0)
    g_test_message ("%.2000s", output);
  g_assert_cmpint (status, ==, 0);
}

static void
equal_is_as_in_python (void)
{
  MpValue a = mp_dict ();
  MpValue b = mp_dict ();

  g_assert_true (mp_equal (mp_bool (true), mp_int (1)));
  g_assert_true (mp_equal (mp_int (2), mp_float (2.0)));
  g_assert_false (mp_equal (mp_int ((INT64_C (1) << 53) + 1), mp_float (0x1p53)));
  g_assert_false (mp_equal (mp_int (INT64_MAX), mp_float (0x1p63)));
  g_assert_false (mp_equal (mp_float (NAN), mp_float (NAN)));
  g_assert_false (mp_equal (mp_none (), mp_int (0)));
  g_assert_false (mp_equal (mp_list (), mp_dict ()));

  mp_dict_set (&a, "x", mp_int (1));
  mp_dict_set (&a, "y", mp_text ("z"));
  mp_dict_set (&b, "y", mp_text ("z"));
  g_assert_false (mp_equal (a, b));
  mp_dict_set (&b, "x", mp_float (1.0));
  g_assert_true (mp_equal (a, b));
  mp_clear (&a);
  mp_clear (&b);
}

static void
accessors_answer_for_any_type (void)
{
  MpValue text = mp_format ("%s-%d", "worker", 7);
  MpValue characters = mp_text ("äö\xff");
  MpValue bytes = mp_bytes ("a\0b", 3);
  size_t n;

  g_assert_cmpint (mp_as_int (mp_float (2.5)), ==, 0);
  g_assert_cmpint (mp_as_int (mp_bool (true)), ==, 1);
  g_assert_cmpfloat (mp_as_float (mp_int (3)), ==, 3.0);
  g_assert_cmpstr (mp_as_text (text), ==, "worker-7");
  g_assert_cmpstr (mp_as_text (mp_int (3)), ==, "");
  g_assert_cmpuint (mp_len (characters), ==, 3);
  g_assert_cmpuint (mp_len (bytes), ==, 3);
  g_assert_cmpmem (mp_as_bytes (bytes, &n), 3, "a\0b", 3);
  g_assert_cmpuint (n, ==, 3);
  mp_as_bytes (text, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpint (mp_at (text, 0).type, ==, MP_NONE);
  g_assert_cmpint (mp_append (&text, mp_text ("x")), ==, MP_TYPE);
  g_assert_cmpint (mp_dict_set (&text, "k", mp_text ("x")), ==, MP_TYPE);
  mp_clear (&text);
  mp_clear (&characters);
  mp_clear (&bytes);
}

static void
dict_keeps_order_and_finds_each_key (void)
{
  MpValue dict = mp_dict ();
  char key[16];

  for (int i = 0; i < 1000; i++)
    {
      g_snprintf (key, sizeof key, "key-%d", i);
      g_assert_cmpint (mp_dict_set (&dict, key, mp_int (i)), ==, 0);
    }
  g_assert_cmpint (mp_dict_set (&dict, "key-3", mp_text ("three")), ==, 0);
  g_assert_cmpuint (mp_len (dict), ==, 1000);
  for (int i = 0; i < 1000; i += 2)
    {
      g_snprintf (key, sizeof key, "key-%d", i);
      g_assert_cmpint (mp_dict_remove (&dict, key), ==, 0);
    }
  g_assert_cmpint (mp_dict_remove (&dict, "key-0"), ==, MP_KEY);
  g_assert_cmpstr (mp_dict_key (dict, 0), ==, "key-1");
  g_assert_cmpstr (mp_dict_key (dict, 499), ==, "key-999");
  g_assert_null (mp_dict_key (dict, 500));
  g_assert_cmpstr (mp_as_text (mp_dict_get (dict, "key-3")), ==, "three");
  g_assert_cmpint (mp_as_int (mp_dict_get (dict, "key-999")), ==, 999);
  g_assert_cmpint (mp_dict_get (dict, "key-2").type, ==, MP_NONE);
  mp_clear (&dict);
}

static void
depth_is_bounded (void)
{
  MpValue deepest = nested (MP_VALUE_DEPTH_MAX);
  MpValue outer = mp_list ();
  MpValue dict = mp_dict ();

  g_assert_cmpint (mp_dict_set (&dict, "k", mp_copy (deepest)), ==, MP_TOO_LARGE);
  g_assert_cmpint (mp_append (&outer, mp_int (1)), ==, MP_OK);
  g_assert_cmpint (mp_list_replace (&outer, 0, mp_copy (deepest)), ==, MP_TOO_LARGE);
  g_assert_cmpint (mp_as_int (mp_at (outer, 0)), ==, 1);
  g_assert_cmpint (mp_append (&outer, deepest), ==, MP_TOO_LARGE);
  g_assert_cmpuint (mp_len (outer), ==, 1);
  mp_clear (&outer);
}

static MpValue
random_value (unsigned depth)
{
  static const char *texts[] = { "", "a", "Grüße", "a longer text than the others" };
  int kind = g_test_rand_int_range (0, depth < 5 ? 10 : 7);
  MpValue value = kind < 9 ? mp_list () : mp_dict ();
  char key[8];

  switch (kind)
    {
    case 0:
      return mp_none ();
    case 1:
      return mp_bool (g_test_rand_bit ());
    case 2:
      return mp_int (g_test_rand_int ()
                     * (INT64_C (1) << g_test_rand_int_range (0, 32)));
    case 3:
      return mp_float (g_test_rand_double ());
    case 4:
      return mp_text (texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
    case 5:
      return mp_bytes ("\0\1\2\3", (size_t)g_test_rand_int_range (0, 5));
    case 6:
      return mp_int (g_test_rand_bit () ? INT64_MIN : INT64_MAX);
    default:
      break;
    }
  for (int i = g_test_rand_int_range (0, 14); i > 0; i--)
    {
      g_snprintf (key, sizeof key, "%d", i);
      g_assert_cmpint (value.type == MP_LIST
                           ? mp_append (&value, random_value (depth + 1))
                           : mp_dict_set (&value, key, random_value (depth + 1)),
                       ==,
                       0);
    }
  return value;
}

static unsigned char *
encode (MpValue value, size_t *ret_bytes)
{
  size_t bytes = mp_value_encoded_bytes (value);
  unsigned char *code = g_malloc (bytes);

  g_assert_true (mp_value_encode (value, code) == code + bytes);
  *ret_bytes = bytes;
  return code;
}

static void
code_round_trip (void)
{
  for (int64_t i = 0; i < pn_test_times (2000); i++)
    {
      MpValue value = random_value (0);
      MpValue copy = mp_copy (value);
      MpValue back;
      size_t bytes;
      g_autofree unsigned char *code = encode (value, &bytes);

      g_assert_cmpint (mp_value_decode (code, bytes, &back), ==, 0);
      g_assert_true (mp_equal (value, back));
      g_assert_true (mp_equal (value, copy));
      for (size_t cut = 0; cut < bytes && cut < 200; cut++)
        g_assert_cmpint (mp_value_decode (code, cut, &copy), ==, MP_INVALID);
      mp_clear (&value);
      mp_clear (&copy);
      mp_clear (&back);
    }
}

static void
code_survives_the_deepest (void)
{
  MpValue value = nested (MP_VALUE_DEPTH_MAX);
  MpValue back;
  size_t bytes;
  g_autofree unsigned char *code = encode (value, &bytes);
  unsigned char deeper[4096];

  g_assert_cmpint (mp_value_decode (code, bytes, &back), ==, 0);
  g_assert_true (mp_equal (value, back));
  mp_clear (&value);
  mp_clear (&back);

  for (size_t i = 0; i < sizeof deeper; i += 2)
    {
      deeper[i] = 7;
      deeper[i + 1] = 1;
    }
  deeper[sizeof deeper - 1] = 0;
  g_assert_cmpint (mp_value_decode (deeper, sizeof deeper, &back), ==, MP_INVALID);
}

static void
code_is_strict (void)
{
  static const struct
  {
    const char *bytes;
    size_t n;
  } cases[] = {
    { "", 0 },                                              /* nothing */
    { "\x09", 1 },                                          /* no such tag */
    { "\x00\x00", 2 },                                      /* more than one value */
    { "\x03\x80\x00", 3 },                                  /* longer than need be */
    { "\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11 }, /* above 64 bits */
    { "\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00", 12 } /* longer */,
    { "\x05\x03"
      "ab",
      4 }, /* text cut off */
    { "\x05\x02"
      "a\0",
      4 },                                                  /* NUL in a text */
    { "\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 }, /* huge length */
    { "\x07\xff\xff\xff\xff\x0f\x00", 7 },                  /* huge list */
    { "\x08\x02\x01\x61\x00\x01\x61\x00", 8 },              /* a key twice */
    { "\x08\x01\x01\x00\x00", 5 },                          /* NUL in a key */
    { "\x04\x00\x00\x00\x00\x00\x00\x00", 8 },              /* float cut off */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MpValue value = mp_int (42);

      g_assert_cmpint (
          mp_value_decode (cases[i].bytes, cases[i].n, &value), ==, MP_INVALID);
      g_assert_cmpint (mp_as_int (value), ==, 42);
    }
}

/* What decodes must encode to the same bytes: there is one form only. */
static void
decode_hostile (const unsigned char *bytes, size_t n)
{
  /* An own allocation, so that a read beyond its end is seen. */
  g_autofree unsigned char *exact = g_memdup2 (bytes, n);
  g_autofree unsigned char *again = NULL;
  MpValue value;
  size_t again_n;

  if (mp_value_decode (exact, n, &value) != 0)
    return;
  again = encode (value, &again_n);
  g_assert_cmpmem (bytes, n, again, again_n);
  mp_clear (&value);
}

static void
code_withstands_hostile_bytes (void)
{
  unsigned char noise[64];

  for (int64_t i = 0; i < pn_test_times (100000); i++)
    {
      size_t n = (size_t)g_test_rand_int_range (0, sizeof noise);

      for (size_t at = 0; at < n; at++)
        noise[at]
            = (unsigned char)(g_test_rand_int () % (g_test_rand_bit () ? 10 : 256));
      decode_hostile (noise, n);
    }
  for (int64_t i = 0; i < pn_test_times (2000); i++)
    {
      MpValue value = random_value (0);
      size_t n;
      g_autofree unsigned char *code = encode (value, &n);

      for (int mutation = 0; mutation < 10; mutation++)
        {
          code[(size_t)g_test_rand_int_range (0, (int)n)]
              = (unsigned char)g_test_rand_int ();
          decode_hostile (code, n);
        }
      mp_clear (&value);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value/repr/scalars", repr_scalars);
  g_test_add_func ("/value/repr/floats", repr_floats);
  g_test_add_func ("/value/repr/texts", repr_texts);
  g_test_add_func ("/value/repr/containers", repr_containers);
  g_test_add_func ("/value/repr/cut-between-characters",
                   repr_is_cut_between_characters);
  g_test_add_func ("/value/repr/ignores-the-locale", repr_ignores_the_locale);
  g_test_add_func ("/value/repr/agrees-with-python", repr_agrees_with_python);
  g_test_add_func ("/value/equal-is-as-in-python", equal_is_as_in_python);
  g_test_add_func ("/value/accessors-answer-for-any-type",
                   accessors_answer_for_any_type);
  g_test_add_func ("/value/dict-keeps-order-and-finds-each-key",
                   dict_keeps_order_and_finds_each_key);
  g_test_add_func ("/value/depth-is-bounded", depth_is_bounded);
  g_test_add_func ("/value/code/round-trip", code_round_trip);
  g_test_add_func ("/value/code/survives-the-deepest", code_survives_the_deepest);
  g_test_add_func ("/value/code/is-strict", code_is_strict);
  g_test_add_func ("/value/code/withstands-hostile-bytes",
                   code_withstands_hostile_bytes);
  return g_test_run ();
}
