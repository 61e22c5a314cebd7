/* SPDX-License-Identifier: MIT */
#include "pn-dump.h"

#include "pn-state-private.h"

#define EVENT(event) ((gssize)(event))

static void
dump_ids (GString *out, const char *title, const GArray *ids)
{
  g_string_append_printf (out, " %s[", title);
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (out, " %u", g_array_index (ids, guint32, i));
  g_string_append (out, " ]");
}

static void
dump_process (GString *out, const PnProcess *p)
{
  const PnProcessData *data = PN_PROCESS_DATA (p);

  g_string_append_printf (out,
                          "process %u of %u “%s” pid %" G_GINT64_FORMAT
                          " state %d%s%s%s%s wait %u/%u/%x %" G_GINT64_FORMAT
                          " since %" G_GINT64_FORMAT "/%" G_GSSIZE_FORMAT
                          " exit %d %" G_GINT64_FORMAT " task %u/%" G_GINT64_FORMAT
                          " serves %u site %u:%u",
                          p->id,
                          p->parent,
                          p->name,
                          p->pid,
                          p->state,
                          p->stopped ? " stopped" : "",
                          p->daemon ? " daemon" : "",
                          p->exiting ? " exiting" : "",
                          p->deadlock ? " deadlock" : "",
                          p->wait_object,
                          p->wait_process,
                          p->wait_kind,
                          p->wait_timeout_ns,
                          p->since_ns,
                          EVENT (p->since_event),
                          p->exit_known,
                          p->exit_code,
                          p->task_object,
                          p->task_number,
                          p->serves_process,
                          p->site,
                          p->line);
  dump_ids (out, "holds", p->holds);
  g_string_append_printf (
      out,
      " cycle %u server %u end %u callers %u events %" G_GSSIZE_FORMAT
      " %" G_GSSIZE_FORMAT " %" G_GSSIZE_FORMAT " %" G_GSSIZE_FORMAT
      " %" G_GSSIZE_FORMAT " %" G_GSSIZE_FORMAT " read %u\n",
      data->cycle_next,
      data->call_server,
      data->wait_end,
      data->n_callers,
      EVENT (data->start_event),
      EVENT (data->exit_event),
      EVENT (data->end_event),
      EVENT (data->signal_event),
      EVENT (data->stop_event),
      EVENT (data->served_event),
      data->read_object);
}

static void
dump_object (GString *out, const PnObject *o)
{
  const PnObjectData *data = PN_OBJECT_DATA (o);

  g_string_append_printf (
      out,
      "object %u kind %d “%s” detail %" G_GINT64_FORMAT " by %u at %" G_GSSIZE_FORMAT
      " owner %u%s since %" G_GINT64_FORMAT " value %s %d %" G_GINT64_FORMAT
      " events %" G_GSSIZE_FORMAT " %" G_GSSIZE_FORMAT " %" G_GSSIZE_FORMAT " %d",
      o->id,
      o->kind,
      o->name,
      o->detail,
      o->creator,
      EVENT (o->created_event),
      o->owner,
      o->abandoned ? " abandoned" : "",
      o->since_ns,
      o->value != NULL ? o->value : "-",
      o->value_is_integer,
      o->value_integer,
      EVENT (data->owner_event),
      EVENT (data->release_event),
      EVENT (data->value_event),
      data->closed);
  dump_ids (out, "waiters", o->waiters);
  for (guint i = 0; i < o->n_messages; i++)
    g_string_append_printf (out,
                            " message %" G_GINT64_FORMAT "/%u/%u/%s/%" G_GSSIZE_FORMAT,
                            o->messages[i].number,
                            o->messages[i].sender,
                            o->messages[i].end,
                            o->messages[i].text,
                            EVENT (o->messages[i].event));
  for (guint i = 0; i < o->n_tasks; i++)
    g_string_append_printf (out,
                            " task %" G_GINT64_FORMAT "/%d/%u/%s/%" G_GSSIZE_FORMAT,
                            o->tasks[i].number,
                            o->tasks[i].state,
                            o->tasks[i].worker,
                            o->tasks[i].text,
                            EVENT (o->tasks[i].event));
  g_string_append_c (out, '\n');
}

char *
pn_dump_state (const PnState *state)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out,
                          "event %" G_GSSIZE_FORMAT " at %" G_GINT64_FORMAT
                          " weight %" G_GSIZE_FORMAT " rings %u hops %u",
                          EVENT (state->event),
                          state->time_ns,
                          PN_STATE_DATA (state)->weight,
                          PN_STATE_DATA (state)->n_rings,
                          PN_STATE_DATA (state)->hops);
  dump_ids (out, "deadlock", state->deadlock);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < state->processes->len; i++)
    dump_process (out, g_ptr_array_index (state->processes, i));
  for (guint i = 0; i < state->objects->len; i++)
    dump_object (out, g_ptr_array_index (state->objects, i));
  return g_string_free (out, FALSE);
}

static void
dump_spans (GString *out, const char *title, const GArray *spans)
{
  for (guint i = 0; i < spans->len; i++)
    {
      const PnSpan *span = &g_array_index (spans, PnSpan, i);

      g_string_append_printf (out,
                              "  %s %d row %u [%" G_GSSIZE_FORMAT " %" G_GSSIZE_FORMAT
                              ") [%" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                              ") %u/%u/%" G_GINT64_FORMAT "%s%s%s %s\n",
                              title,
                              span->kind,
                              span->row,
                              EVENT (span->begin_event),
                              EVENT (span->end_event),
                              span->begin_ns,
                              span->end_ns,
                              span->object,
                              span->peer,
                              span->number,
                              span->contended ? " contended" : "",
                              span->stopped ? " stopped" : "",
                              span->deadlock ? " deadlock" : "",
                              span->text);
    }
}

static void
dump_process_lane (GString *out, const PnProcessLane *lane)
{
  g_string_append_printf (out,
                          "process %u “%s” of %u depth %u pid %" G_GINT64_FORMAT
                          " %d rows %u end %" G_GSSIZE_FORMAT "/%" G_GINT64_FORMAT
                          " exit %d %" G_GINT64_FORMAT "\n",
                          lane->process,
                          lane->name,
                          lane->parent,
                          lane->depth,
                          lane->pid,
                          lane->daemon,
                          lane->hold_rows,
                          EVENT (lane->end_event),
                          lane->end_ns,
                          lane->exit_known,
                          lane->exit_code);
  dump_spans (out, "span", lane->spans);
  dump_spans (out, "hold", lane->holds);
}

static void
dump_object_lane (GString *out, const PnObjectLane *lane)
{
  g_string_append_printf (out,
                          "object %u kind %d “%s” order %u detail %" G_GINT64_FORMAT
                          " at %" G_GSSIZE_FORMAT "/%" G_GINT64_FORMAT
                          " rows %u %u max %" G_GINT64_FORMAT "\n",
                          lane->object,
                          lane->kind,
                          lane->name,
                          lane->order,
                          lane->detail,
                          EVENT (lane->created_event),
                          lane->created_ns,
                          lane->owned_rows,
                          lane->waiter_rows,
                          lane->max_number);
  dump_spans (out, "owned", lane->owned);
  dump_spans (out, "waiter", lane->waiters);
  for (guint i = 0; i < lane->steps->len; i++)
    {
      const PnStep *step = &g_array_index (lane->steps, PnStep, i);

      g_string_append_printf (out,
                              "  step %" G_GSSIZE_FORMAT "/%" G_GINT64_FORMAT
                              " %" G_GINT64_FORMAT " by %u %s\n",
                              EVENT (step->event),
                              step->time_ns,
                              step->number,
                              step->process,
                              step->text);
    }
}

char *
pn_dump_history (const PnHistory *history)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out,
                          "%" G_GSIZE_FORMAT " events, %" G_GINT64_FORMAT " ns\n",
                          history->n_events,
                          history->duration_ns);
  for (guint i = 0; i < history->processes->len; i++)
    dump_process_lane (out, g_ptr_array_index (history->processes, i));
  for (guint i = 0; i < history->objects->len; i++)
    dump_object_lane (out, g_ptr_array_index (history->objects, i));
  for (guint i = 0; i < history->arrows->len; i++)
    {
      const PnArrow *arrow = &g_array_index (history->arrows, PnArrow, i);

      g_string_append_printf (out,
                              "arrow %d %u@%" G_GSSIZE_FORMAT " -> %u@%" G_GSSIZE_FORMAT
                              " (%" G_GINT64_FORMAT " %" G_GINT64_FORMAT ") %u %s\n",
                              arrow->kind,
                              arrow->from_process,
                              EVENT (arrow->from_event),
                              arrow->to_process,
                              EVENT (arrow->to_event),
                              arrow->from_ns,
                              arrow->to_ns,
                              arrow->object,
                              arrow->text);
    }
  for (guint i = 0; i < history->deadlocks->len; i++)
    g_string_append_printf (out,
                            "deadlock at %" G_GSIZE_FORMAT "\n",
                            g_array_index (history->deadlocks, gsize, i));
  return g_string_free (out, FALSE);
}
