/* SPDX-License-Identifier: MIT */
#include "pn-report.h"

#include "pn-json.h"
#include "pn-message.h"
#include "pn-text.h"

#include <string.h>

/* An event as both forms say it. Strings are borrowed but for `message` and `sentence`;
 * NULL and `has_number` FALSE: not known, or nothing to say. */
typedef struct
{
  PnTraceEvent event;
  gint64 pid; /* 0: not known */
  const char *process;
  const char *object;
  const char *peer;
  gboolean has_number; /* `event.value` is the value */
  const char *value_text;
  char *message;
  const char *file;
  char *sentence;
} EventFields;

/* Whether the text is a message: then its number is of no use to others. */
static gboolean
is_about_a_message (PnKind kind)
{
  switch (kind)
    {
    case PN_KIND_QUEUE_PUT:
    case PN_KIND_QUEUE_GET:
    case PN_KIND_PIPE_SEND:
    case PN_KIND_PIPE_RECV:
    case PN_KIND_POOL_SUBMIT:
    case PN_KIND_POOL_BEGIN:
    case PN_KIND_POOL_DONE:
    case PN_KIND_POOL_RESULT:
    case PN_KIND_MANAGER_CALL:
    case PN_KIND_MANAGER_SERVE:
    case PN_KIND_MANAGER_REPLY:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Whether the number says something; see the table in pn-event.h. */
static gboolean
has_number (const PnTraceEvent *event)
{
  if (event->flags & PN_FLAG_FAILED)
    return TRUE;
  if (is_about_a_message (event->kind))
    return FALSE;
  switch (event->kind)
    {
    case PN_KIND_NAME:
    case PN_KIND_PROCESS_START:
    case PN_KIND_PROCESS_STOP:
    case PN_KIND_PROCESS_CONTINUE:
    case PN_KIND_SLEEP_END:
    case PN_KIND_LOCK_ACQUIRE:
    case PN_KIND_LOCK_RELEASE:
    case PN_KIND_LOCK_ABANDON:
    case PN_KIND_QUEUE_CLOSE:
    case PN_KIND_PIPE_CLOSE:
    case PN_KIND_POOL_CLOSE:
    case PN_KIND_POOL_TERMINATE:
    case PN_KIND_OUTPUT_LINE:
      return FALSE;
    case PN_KIND_VALUE_READ:
    case PN_KIND_VALUE_WRITE:
      return (event->flags & PN_FLAG_INTEGER) != 0;
    case PN_KIND_PROCESS_END:
    case PN_KIND_PROCESS_JOIN:
      return !(event->flags & PN_FLAG_UNKNOWN);
    default:
      return !pn_kind_is_wait (event->kind) || event->value >= 0; /* -1: no timeout */
    }
}

static void
fill_value (EventFields *fields)
{
  const PnTraceEvent *event = &fields->event;

  fields->has_number = has_number (event);
  if (fields->has_number)
    return;
  if (event->kind == PN_KIND_NAME)
    fields->value_text = pn_object_kind_name (event->peer);
  else if (event->kind == PN_KIND_OUTPUT_LINE)
    fields->value_text = event->text;
  else if (event->kind == PN_KIND_VALUE_READ || event->kind == PN_KIND_VALUE_WRITE
           || (is_about_a_message (event->kind) && *event->text))
    fields->value_text = fields->message = pn_message_dup_text (event->text);
}

/* A process; of what was received through a pipe, its sender. */
static void
fill_peer (EventFields *fields, PnModel *model, gsize index)
{
  PnTrace *trace = pn_model_get_trace (model);
  guint32 peer = fields->event.peer;
  gsize sent;

  if (fields->event.kind == PN_KIND_NAME || pn_kind_is_of_pipe (fields->event.kind))
    peer = 0;
  if (fields->event.kind == PN_KIND_PIPE_RECV
      && !(fields->event.flags & PN_FLAG_FAILED))
    {
      sent = pn_model_get_cause (model, index);
      if (sent != PN_EVENT_OPEN)
        peer = pn_trace_get_event (trace, sent).process;
    }
  if (peer != 0)
    fields->peer = pn_model_get_process_name (model, peer);
}

static void
event_fields_init (EventFields *fields, PnModel *model, gsize index)
{
  PnTrace *trace = pn_model_get_trace (model);
  const PnHistory *history = pn_model_get_history (model);
  const PnProcessLane *lane;

  *fields = (EventFields){ .event = pn_trace_get_event (trace, index) };
  lane = pn_history_get_process (history, fields->event.process);
  if (lane)
    fields->pid = lane->pid;
  if (fields->event.process != 0)
    fields->process = pn_model_get_process_name (model, fields->event.process);
  if (fields->event.kind == PN_KIND_NAME)
    fields->object = fields->event.text;
  else if (fields->event.object != 0)
    fields->object = pn_model_get_object_name (model, fields->event.object);
  fill_peer (fields, model, index);
  fill_value (fields);
  fields->file = pn_trace_get_file (trace, fields->event.site);
  fields->sentence = pn_model_dup_sentence (model, index);
}

static void
event_fields_clear (EventFields *fields)
{
  g_free (fields->message);
  g_free (fields->sentence);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder, const char *name, gboolean known, gint64 value)
{
  json_builder_set_member_name (builder, name);
  if (known)
    json_builder_add_int_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/* JSON's integers are signed here; only a made-up recording has larger ones. */
static gint64
get_seq (PnTrace *trace, gsize index)
{
  return (gint64)MIN (pn_trace_get_event (trace, index).seq, G_MAXINT64);
}

void
pn_report_event_json (PnPrinter *printer, PnModel *model, gsize index)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EventFields fields;

  event_fields_init (&fields, model, index);
  json_builder_begin_object (builder);
  add_int (builder, "seq", TRUE, get_seq (pn_model_get_trace (model), index));
  add_int (builder, "time_ns", TRUE, fields.event.time_ns);
  add_int (builder, "pid", fields.pid > 0, fields.pid);
  add_text (builder, "process", fields.process);
  add_text (builder, "kind", pn_kind_name (fields.event.kind));
  add_text (builder, "object", fields.object);
  add_text (builder, "peer", fields.peer);
  if (fields.has_number)
    add_int (builder, "value", TRUE, fields.event.value);
  else
    add_text (builder, "value", fields.value_text);
  add_text (builder, "file", fields.file);
  add_int (builder, "line", fields.event.line != 0, fields.event.line);
  add_text (builder, "text", fields.sentence);
  json_builder_end_object (builder);
  event_fields_clear (&fields);
  pn_json_print (printer, builder);
}

static const char *
get_state_name (const PnProcess *process)
{
  static const char *const names[]
      = { "starting", "running", "sleeping", "waiting", "joining", "zombie", "gone" };

  if (process->stopped && process->state < PN_PROCESS_ZOMBIE)
    return "stopped";
  return names[process->state];
}

static void
add_process (JsonBuilder *builder, PnModel *model, const PnProcess *process)
{
  const char *waiting_for = NULL;

  if (process->wait_object != 0)
    waiting_for = pn_model_get_object_name (model, process->wait_object);
  else if (process->wait_process != 0)
    waiting_for = pn_model_get_process_name (model, process->wait_process);

  json_builder_begin_object (builder);
  add_text (builder, "name", process->name);
  add_int (builder, "pid", process->pid > 0, process->pid);
  add_text (builder,
            "parent",
            process->parent != 0 ? pn_model_get_process_name (model, process->parent)
                                 : NULL);
  add_text (builder, "state", get_state_name (process));
  add_text (builder, "waiting_for", waiting_for);
  json_builder_set_member_name (builder, "holds");
  json_builder_begin_array (builder);
  for (guint i = 0; i < process->holds->len; i++)
    json_builder_add_string_value (
        builder,
        pn_model_get_object_name (model, g_array_index (process->holds, guint32, i)));
  json_builder_end_array (builder);
  add_int (builder, "exit", process->exit_known, process->exit_code);
  json_builder_end_object (builder);
}

static void
add_item (JsonBuilder *builder, const char *repr)
{
  g_autofree char *text = pn_message_dup_text (repr);

  json_builder_add_string_value (builder, text);
}

/* Messages of a queue or pipe, tasks of a pool, what is in a list (@listed). */
static void
add_items (JsonBuilder *builder, const PnObject *object, const GPtrArray *listed)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < object->n_messages; i++)
    add_item (builder, object->messages[i].text);
  for (guint i = 0; i < object->n_tasks; i++)
    add_item (builder, object->tasks[i].text);
  for (guint i = 0; listed && i < listed->len; i++)
    add_item (builder, listed->pdata[i]);
  json_builder_end_array (builder);
}

static void
add_value (JsonBuilder *builder, const PnObject *object)
{
  g_autofree char *text = object->value ? pn_message_dup_text (object->value) : NULL;

  if (object->value_is_integer)
    add_int (builder, "value", TRUE, object->value_integer);
  else
    add_text (builder, "value", text);
}

/* Items, or a value. A list that was too long for an event is a value: its beginning.
 */
static void
add_contents (JsonBuilder *builder, const PnObject *object)
{
  gboolean has_items = object->kind == PN_OBJECT_QUEUE || object->kind == PN_OBJECT_PIPE
                       || object->kind == PN_OBJECT_POOL;
  g_autoptr (GPtrArray) listed = NULL;

  if (object->kind == PN_OBJECT_LIST && object->value)
    listed = pn_message_split_list (object->value);
  json_builder_set_member_name (builder, "items");
  if (has_items || listed)
    add_items (builder, object, listed);
  else
    json_builder_add_null_value (builder);
  if (listed)
    add_text (builder, "value", NULL);
  else
    add_value (builder, object);
}

static void
add_object (JsonBuilder *builder, PnModel *model, const PnObject *object)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", object->name);
  add_text (builder, "kind", pn_object_kind_name (object->kind));
  add_text (builder,
            "owner",
            object->owner != 0 ? pn_model_get_process_name (model, object->owner)
                               : NULL);
  json_builder_set_member_name (builder, "waiters");
  json_builder_begin_array (builder);
  for (guint i = 0; i < object->waiters->len; i++)
    json_builder_add_string_value (
        builder,
        pn_model_get_process_name (model, g_array_index (object->waiters, guint32, i)));
  json_builder_end_array (builder);
  add_contents (builder, object);
  json_builder_end_object (builder);
}

void
pn_report_state_json (PnPrinter *printer, PnModel *model, gsize index)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const PnState *state = pn_model_get_state (model, index);

  json_builder_begin_object (builder);
  add_int (builder, "event", TRUE, get_seq (pn_model_get_trace (model), index));
  json_builder_set_member_name (builder, "processes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < state->processes->len; i++)
    add_process (builder, model, state->processes->pdata[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "objects");
  json_builder_begin_array (builder);
  for (guint i = 0; i < state->objects->len; i++)
    add_object (builder, model, state->objects->pdata[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "deadlock");
  json_builder_begin_array (builder);
  for (guint i = 0; i < state->deadlock->len; i++)
    json_builder_add_string_value (
        builder,
        pn_model_get_process_name (model, g_array_index (state->deadlock, guint32, i)));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  pn_json_print (printer, builder);
}

/* CSV: RFC 4180 with plain newlines. */

/* A spreadsheet takes a cell that begins so for a formula; a quote makes it text. */
static void
print_cell (PnPrinter *printer, const char *separator, const char *tainted)
{
  g_autofree char *visible = tainted ? pn_text_dup_visible (tainted, 0) : NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *quoted = NULL;

  pn_printer_raw (printer, separator);
  if (!visible)
    return;
  if (*visible && strchr ("=+-@", *visible))
    {
      g_autofree char *guarded = g_strconcat ("'", visible, NULL);

      g_free (g_steal_pointer (&visible));
      visible = g_steal_pointer (&guarded);
    }
  if (!strpbrk (visible, "\",") && !g_str_has_prefix (visible, " "))
    {
      pn_printer_raw (printer, visible);
      return;
    }
  parts = g_strsplit (visible, "\"", -1);
  quoted = g_strjoinv ("\"\"", parts);
  pn_printer_printf (printer, "\"%s\"", quoted);
}

static void
print_number (PnPrinter *printer, gboolean known, gint64 number)
{
  if (known)
    pn_printer_printf (printer, ",%" G_GINT64_FORMAT, number);
  else
    pn_printer_raw (printer, ",");
}

void
pn_report_csv_head (PnPrinter *printer)
{
  pn_printer_raw (printer,
                  "seq,time_ns,pid,process,kind,object,peer,value,file,line,text\n");
}

void
pn_report_event_csv (PnPrinter *printer, PnModel *model, gsize index)
{
  EventFields fields;

  event_fields_init (&fields, model, index);
  pn_printer_printf (printer,
                     "%" G_GUINT64_FORMAT ",%" G_GINT64_FORMAT,
                     fields.event.seq,
                     fields.event.time_ns);
  print_number (printer, fields.pid > 0, fields.pid);
  print_cell (printer, ",", fields.process);
  print_cell (printer, ",", pn_kind_name (fields.event.kind));
  print_cell (printer, ",", fields.object);
  print_cell (printer, ",", fields.peer);
  if (fields.has_number)
    print_number (printer, TRUE, fields.event.value);
  else
    print_cell (printer, ",", fields.value_text);
  print_cell (printer, ",", fields.file);
  print_number (printer, fields.event.line != 0, fields.event.line);
  print_cell (printer, ",", fields.sentence);
  pn_printer_raw (printer, "\n");
  event_fields_clear (&fields);
}
