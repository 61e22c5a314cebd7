/* SPDX-License-Identifier: MIT */
#include "pn-state-private.h"

/* Most processes hold nothing and most objects are waited for by nobody: they share
 * one empty array until that changes. */
static GArray *
get_no_ids (void)
{
  static GArray *no_ids = NULL;

  if (g_once_init_enter (&no_ids))
    g_once_init_leave (&no_ids, g_array_new (FALSE, FALSE, sizeof (guint32)));
  return no_ids;
}

static void
ids_add (GArray **ids, guint32 id)
{
  if (*ids == get_no_ids ())
    *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  if ((*ids)->len < PN_CROWD_MAX)
    g_array_append_val (*ids, id);
}

static void
ids_remove (GArray *ids, guint32 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, guint32, i) == id)
      {
        g_array_remove_index (ids, i);
        return;
      }
}

static GArray *
ids_copy (GArray *ids)
{
  return ids->len == 0 ? get_no_ids () : g_array_copy (ids);
}

static void
ids_free (GArray *ids)
{
  if (ids != get_no_ids ())
    g_array_unref (ids);
}

static void
process_free (gpointer data)
{
  PnProcessData *process = data;

  ids_free (process->public.holds);
  g_free (process->own_name);
  g_free (process);
}

static void
object_free (gpointer data)
{
  PnObjectData *object = data;

  ids_free (object->public.waiters);
  g_clear_pointer (&object->closes, g_array_unref);
  pn_fifo_clear (&object->messages);
  pn_fifo_clear (&object->tasks);
  g_free (object->own_name);
  g_free (object);
}

static PnProcessData *
process_copy (const PnProcessData *process)
{
  PnProcessData *copy = g_memdup2 (process, sizeof *process);

  copy->public.holds = ids_copy (process->public.holds);
  if (process->own_name != NULL)
    copy->own_name = g_strdup (process->own_name);
  if (process->public.name == process->own_name)
    copy->public.name = copy->own_name;
  return copy;
}

static PnObjectData *
object_copy (const PnObjectData *object)
{
  PnObjectData *copy = g_memdup2 (object, sizeof *object);

  copy->public.waiters = ids_copy (object->public.waiters);
  copy->closes = object->closes != NULL ? g_array_copy (object->closes) : NULL;
  pn_fifo_copy (&object->messages, &copy->messages, sizeof (PnMessage));
  pn_fifo_copy (&object->tasks, &copy->tasks, sizeof (PnTask));
  copy->public.messages = pn_fifo_get (&copy->messages, sizeof (PnMessage));
  copy->public.tasks = pn_fifo_get (&copy->tasks, sizeof (PnTask));
  if (object->own_name != NULL)
    copy->own_name = g_strdup (object->own_name);
  if (object->public.name == object->own_name)
    copy->public.name = copy->own_name;
  return copy;
}

PnState *
pn_state_new (void)
{
  PnStateData *data = g_new0 (PnStateData, 1);
  PnState *state = &data->public;

  state->event = PN_NO_EVENT;
  state->processes = g_ptr_array_new_with_free_func (process_free);
  state->objects = g_ptr_array_new_with_free_func (object_free);
  state->deadlock = g_array_new (FALSE, FALSE, sizeof (guint32));
  data->processes = g_hash_table_new (NULL, NULL);
  data->objects = g_hash_table_new (NULL, NULL);
  data->rings = g_array_new (FALSE, FALSE, sizeof (guint32));
  data->hops = PN_HOPS_MAX;
  return state;
}

PnState *
pn_state_copy (const PnState *state)
{
  const PnStateData *data = PN_STATE_DATA (state);
  PnState *copy = pn_state_new ();
  PnStateData *copied = PN_STATE_DATA (copy);

  copy->event = state->event;
  copy->time_ns = state->time_ns;
  for (guint i = 0; i < state->processes->len; i++)
    {
      PnProcessData *process = process_copy (g_ptr_array_index (state->processes, i));

      g_ptr_array_add (copy->processes, process);
      g_hash_table_insert (
          copied->processes, GUINT_TO_POINTER (process->public.id), process);
    }
  for (guint i = 0; i < state->objects->len; i++)
    {
      PnObjectData *object = object_copy (g_ptr_array_index (state->objects, i));

      g_ptr_array_add (copy->objects, object);
      g_hash_table_insert (
          copied->objects, GUINT_TO_POINTER (object->public.id), object);
    }
  g_array_append_vals (copy->deadlock, state->deadlock->data, state->deadlock->len);
  g_array_append_vals (copied->rings, data->rings->data, data->rings->len);
  copied->first_ring = data->first_ring;
  copied->n_rings = data->n_rings;
  copied->n_knots = data->n_knots;
  copied->stamp = data->stamp;
  copied->n_rings_ever = data->n_rings_ever;
  copied->hops = data->hops;
  copied->weight = data->weight;
  return copy;
}

void
pn_state_free (PnState *state)
{
  PnStateData *data = PN_STATE_DATA (state);

  g_hash_table_unref (data->processes);
  g_hash_table_unref (data->objects);
  g_array_unref (data->rings);
  if (data->touched != NULL)
    g_array_unref (data->touched);
  g_ptr_array_unref (state->processes);
  g_ptr_array_unref (state->objects);
  g_array_unref (state->deadlock);
  g_free (data);
}

void
pn_state_keep_touched (PnState *state)
{
  PN_STATE_DATA (state)->touched = g_array_new (FALSE, FALSE, sizeof (guint32));
}

PnProcessData *
pn_state_find_process (PnState *state, guint32 id)
{
  return g_hash_table_lookup (PN_STATE_DATA (state)->processes, GUINT_TO_POINTER (id));
}

PnObjectData *
pn_state_find_object (PnState *state, guint32 id)
{
  return g_hash_table_lookup (PN_STATE_DATA (state)->objects, GUINT_TO_POINTER (id));
}

const PnProcess *
pn_state_get_process (const PnState *state, guint32 id)
{
  PnProcessData *process = pn_state_find_process ((PnState *)state, id);

  return process != NULL ? &process->public : NULL;
}

const PnObject *
pn_state_get_object (const PnState *state, guint32 id)
{
  PnObjectData *object = pn_state_find_object ((PnState *)state, id);

  return object != NULL ? &object->public : NULL;
}

static PnProcessData *
add_process (PnState *state, guint32 id, PnProcessData *parent)
{
  PnStateData *data = PN_STATE_DATA (state);
  PnProcessData *process = g_new0 (PnProcessData, 1);

  process->public.id = id;
  process->public.state = PN_PROCESS_RUNNING;
  process->public.wait_timeout_ns = -1;
  process->public.since_ns = state->time_ns;
  process->public.since_event = state->event;
  process->public.holds = get_no_ids ();
  process->public.end_reason = "";
  process->call_text = "";
  process->order = state->processes->len;
  process->start_event = process->begin_event = PN_NO_EVENT;
  process->exit_event = process->end_event = PN_NO_EVENT;
  process->signal_event = process->stop_event = PN_NO_EVENT;
  process->served_event = PN_NO_EVENT;
  if (id == 1)
    process->public.name = "main";
  else
    process->public.name = process->own_name = g_strdup_printf ("process %u", id);
  if (parent != NULL)
    {
      process->public.parent = parent->public.id;
      process->next_sibling = parent->first_child;
      parent->first_child = process->order + 1;
    }
  g_ptr_array_add (state->processes, process);
  g_hash_table_insert (data->processes, GUINT_TO_POINTER (id), process);
  data->weight += PN_PROCESS_WEIGHT;
  pn_state_touch (state, process);
  return process;
}

PnProcessData *
pn_state_need_process (PnState *state, guint32 id, guint32 parent)
{
  PnProcessData *process;

  if (id == 0)
    return NULL;
  process = pn_state_find_process (state, id);
  if (process != NULL)
    return process;
  return add_process (
      state, id, parent != id ? pn_state_need_process (state, parent, 0) : NULL);
}

PnObjectData *
pn_state_need_object (PnState *state, guint32 id, PnObjectKind kind)
{
  PnStateData *data = PN_STATE_DATA (state);
  PnObjectData *object;

  if (id == 0)
    return NULL;
  object = pn_state_find_object (state, id);
  if (object != NULL)
    return object;
  object = g_new0 (PnObjectData, 1);
  object->public.id = id;
  object->public.kind = kind;
  object->order = state->objects->len;
  object->own_name = g_strdup_printf ("%s %u", pn_object_kind_name (kind), id);
  object->public.name = object->own_name;
  object->public.created_event = state->event;
  object->public.since_ns = state->time_ns;
  object->public.waiters = get_no_ids ();
  object->owner_event = object->release_event = object->value_event = PN_NO_EVENT;
  object->received_event = PN_NO_EVENT;
  g_ptr_array_add (state->objects, object);
  g_hash_table_insert (data->objects, GUINT_TO_POINTER (id), object);
  data->weight += PN_OBJECT_WEIGHT;
  return object;
}

void
pn_state_touch (PnState *state, PnProcessData *process)
{
  PnStateData *data = PN_STATE_DATA (state);

  if (data->touched != NULL)
    g_array_append_val (data->touched, process->public.id);
}

void
pn_state_set_process (PnState *state, PnProcessData *process, PnProcessState next)
{
  PnProcess *p = &process->public;
  PnProcessData *server = pn_state_find_process (state, process->call_server);
  PnObjectData *waited;

  if (server != NULL)
    server->n_callers--;
  if (p->wait_object != 0)
    {
      waited = pn_state_find_object (state, p->wait_object);
      ids_remove (waited->public.waiters, p->id);
    }
  p->state = next;
  p->wait_object = 0;
  p->wait_process = 0;
  p->wait_kind = 0;
  p->wait_timeout_ns = -1;
  p->since_ns = state->time_ns;
  p->since_event = state->event;
  process->call_server = 0;
  process->wait_end = 0;
  pn_state_touch (state, process);
}

void
pn_state_set_waiting (PnState *state,
                      PnProcessData *process,
                      PnObjectData *object,
                      PnKind kind,
                      gint64 timeout_ns)
{
  pn_state_set_process (state, process, PN_PROCESS_WAITING);
  process->public.wait_kind = kind;
  process->public.wait_timeout_ns = MAX (timeout_ns, -1);
  if (object == NULL)
    return;
  process->public.wait_object = object->public.id;
  ids_add (&object->public.waiters, process->public.id);
}

void
pn_state_set_owner (PnState *state, PnObjectData *object, PnProcessData *owner)
{
  PnObject *o = &object->public;

  if (o->owner != 0)
    {
      PnProcessData *before = pn_state_find_process (state, o->owner);

      ids_remove (before->public.holds, o->id);
      pn_state_touch (state, before);
    }
  o->owner = 0;
  o->abandoned = FALSE;
  o->since_ns = state->time_ns;
  if (owner == NULL)
    return;
  o->owner = owner->public.id;
  o->abandoned = pn_process_has_ended (&owner->public);
  object->owner_event = state->event;
  ids_add (&owner->public.holds, o->id);
  pn_state_touch (state, owner);
}
