/* SPDX-License-Identifier: MIT */
#include "pn-message.h"

static void
test_texts_are_bare (void)
{
  static const struct
  {
    const char *repr;
    const char *text;
  } cases[] = {
    { "'message 5'", "message 5" },
    { "\"it's\"", "it's" },
    { "'it\\'s \"so\"'", "it's \"so\"" },
    { "'a\\tb\\nc\\\\'", "a\tb\nc\\" },
    { "'\\x1b\\xe4\\u2028\\U0001f600'",
      "\x1b"
      "\xc3\xa4\xe2\x80\xa8\xf0\x9f\x98\x80" },
    { "'\\x00\\ud800\\Uffffffff\\q\\x1'", "\\x00\\ud800\\Uffffffff\\q\\x1" },
    { "''", "" },
    { "'äöü…", "äöü…" },
    { "'open", "'open" },
    { "'", "'" },
    { "'\\'", "\\" },
    { "5", "5" },
    { "None", "None" },
    { "b'x'", "b'x'" },
    { "['a', 1]", "['a', 1]" },
    { "append ('P1')", "append ('P1')" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = pn_message_dup_text (cases[i].repr);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_lists_are_split_at_their_own_commas (void)
{
  static const struct
  {
    const char *text;
    const char *items; /* joined by |; NULL: no whole list */
  } cases[] = {
    { "[]", "" },
    { "[1]", "1" },
    { "[1, 2, 3]", "1|2|3" },
    { "['a, b', \"c]\"]", "'a, b'|\"c]\"" },
    { "['it\\'s', 2]", "'it\\'s'|2" },
    { "[[1, 2], {'k': [3]}, (4, 5)]", "[1, 2]|{'k': [3]}|(4, 5)" },
    { "", NULL },
    { "[", NULL },
    { "[1, 2", NULL },
    { "['a]", NULL },
    { "[1] + [2]", NULL },
    { "{'k': 1}", NULL },
    { "['\\", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) items = pn_message_split_list (cases[i].text);
      g_autofree char *joined = NULL;

      if (items != NULL)
        {
          g_ptr_array_set_free_func (items, g_free);
          g_ptr_array_add (items, NULL);
          joined = g_strjoinv ("|", (char **)items->pdata);
        }
      g_assert_cmpstr (joined, ==, cases[i].items);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/texts-are-bare", test_texts_are_bare);
  g_test_add_func ("/message/lists", test_lists_are_split_at_their_own_commas);
  return g_test_run ();
}
