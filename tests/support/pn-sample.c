/* SPDX-License-Identifier: MIT */
#include "pn-sample.h"

#include <string.h>

/* An object or a pipe's end, by the word that the script uses. */
typedef struct
{
  guint32 id;
  gint64 n_sent;
  GQueue sent; /* Sent: not received yet */
} Object;

typedef struct
{
  gint64 number;
  guint32 sender;
  guint32 end; /* of a pipe; 0 for queues */
  char *text;
} Sent;

struct _PnSampleBuilder
{
  GByteArray *bytes;
  guint64 seq;
  guint32 n_processes;
  guint32 n_objects;
  GHashTable *processes; /* word -> number */
  GHashTable *parents;   /* number -> parent's number */
  GHashTable *objects;   /* word -> Object */
  GHashTable *files;     /* path -> id */
};

/* One line, while it is read. */
typedef struct
{
  PnSampleBuilder *builder;
  const char *line;
  PnEvent event;
  gboolean has_value;
  gboolean has_text;
  gboolean has_peer;
  Object *object;
} Line;

static const struct
{
  const char *word;
  guint8 flag;
} flag_words[] = {
  { "!failed", PN_FLAG_FAILED },       { "!daemon", PN_FLAG_DAEMON },
  { "!stderr", PN_FLAG_STDERR },       { "!unknown", PN_FLAG_UNKNOWN },
  { "!truncated", PN_FLAG_TRUNCATED }, { "!integer", PN_FLAG_INTEGER },
  { "!stalled", PN_FLAG_STALLED },
};

static void
sent_free (gpointer data)
{
  Sent *sent = data;

  g_free (sent->text);
  g_free (sent);
}

static void
object_free (gpointer data)
{
  Object *object = data;

  g_queue_clear_full (&object->sent, sent_free);
  g_free (object);
}

static PnKind
kind_by_name (const char *name)
{
#define X(symbol, number, word)                                                        \
  if (g_str_equal (name, word))                                                        \
    return number;
  PN_KINDS (X)
#undef X
  return 0;
}

static guint32
object_kind_by_name (const char *name)
{
#define X(symbol, number, word, type)                                                  \
  if (g_str_equal (name, word))                                                        \
    return number;
  PN_OBJECT_KINDS (X)
#undef X
  return 0;
}

static guint32
process_by_word (PnSampleBuilder *builder, const char *word)
{
  gpointer found;
  guint32 number;

  if (g_hash_table_lookup_extended (builder->processes, word, NULL, &found))
    return GPOINTER_TO_UINT (found);
  number = builder->n_processes++;
  g_hash_table_insert (builder->processes, g_strdup (word), GUINT_TO_POINTER (number));
  return number;
}

static Object *
object_add (PnSampleBuilder *builder, const char *word)
{
  Object *object = g_new0 (Object, 1);

  object->id = ++builder->n_objects;
  g_queue_init (&object->sent);
  g_hash_table_replace (builder->objects, g_strdup (word), object);
  return object;
}

static void
set_text (PnEvent *event, const char *text)
{
  event->text_bytes = MIN (strlen (text), (gsize)PN_TEXT_MAX_BYTES);
  memcpy (event->text, text, event->text_bytes);
  event->text[event->text_bytes] = '\0';
}

static void
emit (PnSampleBuilder *builder, const PnEvent *event)
{
  guint8 blocks[(1 + PN_TAIL_MAX_BLOCKS) * PN_BLOCK_BYTES];

  g_byte_array_append (builder->bytes, blocks, pn_event_encode (event, blocks));
}

void
pn_sample_builder_add_event (PnSampleBuilder *builder, PnEvent *event)
{
  event->seq = builder->seq++;
  emit (builder, event);
}

void
pn_sample_builder_skip_seq (PnSampleBuilder *builder, guint64 n)
{
  builder->seq += n;
}

/* "lock.c:6"; the first mention of a file names it. */
static void
read_site (Line *line, const char *word)
{
  PnSampleBuilder *builder = line->builder;
  const char *colon = strrchr (word, ':');
  g_autofree char *path = NULL;
  guint32 id;

  if (colon == NULL)
    g_error ("sample: @file:line expected: %s", line->line);
  path = g_strndup (word, colon - word);
  id = GPOINTER_TO_UINT (g_hash_table_lookup (builder->files, path));
  if (id == 0)
    {
      PnEvent name = { .kind = PN_KIND_NAME,
                       .time_ns = line->event.time_ns,
                       .process = line->event.process,
                       .peer = PN_OBJECT_FILE };

      id = name.object = ++builder->n_objects;
      set_text (&name, path);
      pn_sample_builder_add_event (builder, &name);
      g_hash_table_insert (
          builder->files, g_steal_pointer (&path), GUINT_TO_POINTER (id));
    }
  line->event.site = id;
  line->event.line = (guint16)g_ascii_strtoull (colon + 1, NULL, 10);
}

static void
read_flag (Line *line, const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (flag_words); i++)
    if (g_str_equal (word, flag_words[i].word))
      {
        line->event.flags |= flag_words[i].flag;
        return;
      }
  g_error ("sample: no flag %s: %s", word, line->line);
}

/* A bare word: the object where the kind has one that is not known yet, else a process.
 * "p.1" is end 1 of pipe p. */
static void
read_thing (Line *line, const char *word)
{
  PnEvent *event = &line->event;
  gsize n = strlen (word);
  g_autofree char *pipe = NULL;

  if (event->kind == PN_KIND_NAME)
    {
      if (!line->has_peer)
        {
          event->peer = object_kind_by_name (word);
          line->has_peer = TRUE;
          return;
        }
      line->object = object_add (line->builder, word);
      event->object = line->object->id;
      if (!line->has_text)
        set_text (event, word);
      return;
    }

  if (pn_kind_is_of_pipe (event->kind) && n > 2 && word[n - 2] == '.')
    {
      pipe = g_strndup (word, n - 2);
      event->peer = (guint32)(word[n - 1] - '0');
      line->has_peer = TRUE;
      word = pipe;
    }
  if (line->object == NULL && event->kind >= PN_KIND_LOCK_WAIT)
    {
      line->object = g_hash_table_lookup (line->builder->objects, word);
      if (line->object == NULL)
        g_error ("sample: no object %s: %s", word, line->line);
      event->object = line->object->id;
      return;
    }
  event->peer = process_by_word (line->builder, word);
  line->has_peer = TRUE;
  if (event->kind == PN_KIND_PROCESS_START)
    {
      g_hash_table_insert (line->builder->parents,
                           GUINT_TO_POINTER (event->peer),
                           GUINT_TO_POINTER (event->process));
      if (!line->has_text)
        set_text (event, word);
    }
}

static void
read_word (Line *line, const char *word)
{
  PnEvent *event = &line->event;

  if (word[0] == '"')
    {
      g_autofree char *quoted = g_strndup (word + 1, strlen (word) - 2);
      g_autofree char *text = g_strcompress (quoted);

      set_text (event, text);
      line->has_text = TRUE;
    }
  else if (word[0] == '=')
    {
      event->value = g_ascii_strtoll (word + 1, NULL, 10);
      line->has_value = TRUE;
    }
  else if (word[0] == '~')
    {
      event->value = (gint64)(g_ascii_strtod (word + 1, NULL) * 1e9 + 0.5);
      line->has_value = TRUE;
    }
  else if (word[0] == '!')
    read_flag (line, word);
  else if (word[0] == '@')
    read_site (line, word + 1);
  else
    read_thing (line, word);
}

static void
fill_sent (Line *line)
{
  PnEvent *event = &line->event;
  Sent *sent;

  if (!line->has_value)
    event->value = ++line->object->n_sent;
  sent = g_new0 (Sent, 1);
  sent->number = event->value;
  sent->sender = event->process;
  sent->end = event->kind == PN_KIND_PIPE_SEND ? event->peer : 0;
  sent->text = g_strdup (event->text);
  g_queue_push_tail (&line->object->sent, sent);
}

static void
fill_received (Line *line)
{
  PnEvent *event = &line->event;
  gboolean pipe = event->kind == PN_KIND_PIPE_RECV;

  for (GList *l = line->object->sent.head; l != NULL; l = l->next)
    {
      Sent *sent = l->data;

      if (line->has_value ? sent->number != event->value
                          : pipe && sent->end == event->peer)
        continue;
      event->value = sent->number;
      if (!pipe && !line->has_peer)
        event->peer = sent->sender;
      if (!line->has_text)
        set_text (event, sent->text);
      sent_free (sent);
      g_queue_delete_link (&line->object->sent, l);
      return;
    }
  if (!line->has_value)
    g_error ("sample: nothing to receive: %s", line->line);
}

/* What the line left out and what follows from the lines before. */
static void
fill_defaults (Line *line)
{
  PnEvent *event = &line->event;

  switch (event->kind)
    {
    case PN_KIND_PROCESS_BEGIN:
      if (!line->has_value)
        event->value = 4710 + event->process;
      if (!line->has_peer)
        event->peer = GPOINTER_TO_UINT (g_hash_table_lookup (
            line->builder->parents, GUINT_TO_POINTER (event->process)));
      break;
    case PN_KIND_QUEUE_PUT:
    case PN_KIND_PIPE_SEND:
      if ((event->flags & PN_FLAG_FAILED) == 0)
        fill_sent (line);
      break;
    case PN_KIND_QUEUE_GET:
    case PN_KIND_PIPE_RECV:
      if ((event->flags & PN_FLAG_FAILED) == 0)
        fill_received (line);
      break;
    case PN_KIND_VALUE_READ:
    case PN_KIND_VALUE_WRITE:
      if (line->has_value && !line->has_text)
        {
          g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, event->value);

          set_text (event, number);
          event->flags |= PN_FLAG_INTEGER;
        }
      break;
    default:
      if (pn_kind_is_wait (event->kind) && !line->has_value)
        event->value = -1;
      break;
    }
}

/* The next word of a line: quoted ones keep their quotes. NULL at the end. */
static char *
next_word (const char **at)
{
  const char *begin = *at + strspn (*at, " \t");
  const char *end = begin;

  if (*begin == '\0' || *begin == '#')
    return NULL;
  if (*begin == '"')
    {
      for (end++; *end != '"' && *end != '\0'; end++)
        if (*end == '\\' && end[1] != '\0')
          end++;
      if (*end == '"')
        end++;
    }
  else
    end += strcspn (begin, " \t");
  *at = end;
  return g_strndup (begin, end - begin);
}

static void
add_line (PnSampleBuilder *builder, const char *text)
{
  g_autofree Line *line = g_new0 (Line, 1);
  const char *at = text;
  g_autofree char *when = next_word (&at);
  g_autofree char *who = NULL;
  g_autofree char *what = NULL;
  char *word;

  if (when == NULL)
    return;
  who = next_word (&at);
  what = next_word (&at);
  line->builder = builder;
  line->line = text;
  line->event.kind = what != NULL ? kind_by_name (what) : 0;
  if (line->event.kind == 0)
    g_error ("sample: TIME WHO KIND expected: %s", text);
  line->event.time_ns = (gint64)(g_ascii_strtod (when, NULL) * 1e9 + 0.5);
  line->event.process = process_by_word (builder, who);

  while ((word = next_word (&at)) != NULL)
    {
      read_word (line, word);
      g_free (word);
    }
  fill_defaults (line);
  pn_sample_builder_add_event (builder, &line->event);
}

void
pn_sample_builder_add (PnSampleBuilder *builder, const char *script)
{
  g_auto (GStrv) lines = g_strsplit (script, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    add_line (builder, *line);
}

void
pn_sample_builder_addf (PnSampleBuilder *builder, const char *format, ...)
{
  g_autofree char *script = NULL;
  va_list args;

  va_start (args, format);
  script = g_strdup_vprintf (format, args);
  va_end (args);
  pn_sample_builder_add (builder, script);
}

PnSampleBuilder *
pn_sample_builder_new (void)
{
  PnSampleBuilder *builder = g_new0 (PnSampleBuilder, 1);
  PnStreamHeader header;

  builder->bytes = g_byte_array_new ();
  builder->processes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  builder->parents = g_hash_table_new (NULL, NULL);
  builder->objects
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, object_free);
  builder->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  process_by_word (builder, "runner");
  process_by_word (builder, "main");
  pn_stream_header_init (&header);
  g_byte_array_append (builder->bytes, (guint8 *)&header, sizeof header);
  return builder;
}

GBytes *
pn_sample_builder_end (PnSampleBuilder *builder)
{
  GBytes *stream = g_byte_array_free_to_bytes (builder->bytes);

  g_hash_table_unref (builder->processes);
  g_hash_table_unref (builder->parents);
  g_hash_table_unref (builder->objects);
  g_hash_table_unref (builder->files);
  g_free (builder);
  return stream;
}

GBytes *
pn_sample_compile (const char *script)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();

  pn_sample_builder_add (builder, script);
  return pn_sample_builder_end (builder);
}

PnTrace *
pn_sample_trace_take (GBytes *stream)
{
  g_autoptr (GError) error = NULL;
  PnTrace *trace = pn_trace_new ();
  gsize bytes;
  const void *data = g_bytes_get_data (stream, &bytes);

  if (!pn_trace_append (trace, data, bytes, &error))
    g_error ("sample: %s", error->message);
  pn_trace_finish (trace);
  g_bytes_unref (stream);
  return trace;
}

PnTrace *
pn_sample_trace (const char *script)
{
  return pn_sample_trace_take (pn_sample_compile (script));
}
