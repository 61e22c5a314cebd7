/* SPDX-License-Identifier: MIT */
#include "pn-sample-model.h"

/* @name_offset: where the things keep their name */
static gconstpointer
find_by_name (const GPtrArray *things, glong name_offset, const char *name)
{
  for (guint i = 0; i < things->len; i++)
    {
      gconstpointer thing = g_ptr_array_index (things, i);

      if (g_str_equal (G_STRUCT_MEMBER (const char *, thing, name_offset), name))
        return thing;
    }
  g_error ("nothing is called %s", name);
}

PnModel *
pn_sample_model_take (GBytes *stream)
{
  g_autoptr (PnTrace) trace = pn_sample_trace_take (stream);
  PnModel *model = pn_model_new (trace);

  pn_model_update (model);
  return model;
}

PnModel *
pn_sample_model (const char *script)
{
  return pn_sample_model_take (pn_sample_compile (script));
}

const PnState *
pn_sample_last_state (PnModel *model)
{
  return pn_model_get_state (model, pn_model_get_n_events (model) - 1);
}

const PnProcess *
pn_sample_process (const PnState *state, const char *name)
{
  return find_by_name (state->processes, G_STRUCT_OFFSET (PnProcess, name), name);
}

const PnObject *
pn_sample_object (const PnState *state, const char *name)
{
  return find_by_name (state->objects, G_STRUCT_OFFSET (PnObject, name), name);
}

const PnProcessLane *
pn_sample_process_lane (PnModel *model, const char *name)
{
  return find_by_name (pn_model_get_history (model)->processes,
                       G_STRUCT_OFFSET (PnProcessLane, name),
                       name);
}

const PnObjectLane *
pn_sample_object_lane (PnModel *model, const char *name)
{
  return find_by_name (pn_model_get_history (model)->objects,
                       G_STRUCT_OFFSET (PnObjectLane, name),
                       name);
}
