/* SPDX-License-Identifier: MIT */
#include "manager-private.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* How long an orderly end may take before the server is killed. */
#define PATIENCE_SECONDS 1.0

/* How often the creator looks whether a server that is starting still lives. */
#define LOOK_NS 20000000

static MpValue
args_of (size_t n, MpValue first, MpValue second)
{
  MpValue args = mp_list ();

  if (n > 0)
    mp_append (&args, first);
  if (n > 1)
    mp_append (&args, second);
  return args;
}

/* Takes `args`. A list that could not be made has too few, which the server refuses. */
static int
call (MpManager *manager,
      uint32_t object,
      uint32_t place,
      ManagerCall what,
      MpValue args,
      MpValue *ret_result,
      double timeout,
      MpSite site)
{
  ManagerHead head = { .call = what, .place = place };
  MpValue result = mp_none ();
  char text[MANAGER_TEXT_BYTES];
  int error;

  mp_point (PN_KIND_MANAGER_CALL, object);
  head.number = atomic_fetch_add (&manager->n_calls, 1) + 1;
  head.client = mp_process_number ();
  if (mp_is_observed ())
    mp_emit_text (PN_KIND_MANAGER_CALL,
                  object,
                  manager->server_number,
                  (int64_t)head.number,
                  site,
                  manager_call_text (what, args, text));
  error = manager_channel_call (manager, &head, args, &result, mp_deadline (timeout));
  if (error != MP_OK)
    mp_emit_failed (PN_KIND_MANAGER_REPLY, object, manager->server_number, error, site);
  else if (mp_is_observed ())
    mp_emit_text (PN_KIND_MANAGER_REPLY,
                  object,
                  manager->server_number,
                  (int64_t)head.number,
                  site,
                  manager_call_has_result (what) ? mp_repr (result, text, sizeof text)
                                                 : NULL);
  if (error == MP_OK && ret_result != NULL)
    *ret_result = result;
  else
    mp_clear (&result);
  return error;
}

static int
call_list (
    MpListProxy *list, ManagerCall what, MpValue args, MpValue *ret_result, MpSite site)
{
  return call (list->proxy.manager,
               list->proxy.object,
               list->proxy.place,
               what,
               args,
               ret_result,
               MP_FOREVER,
               site);
}

static int
call_dict (
    MpDictProxy *dict, ManagerCall what, MpValue args, MpValue *ret_result, MpSite site)
{
  return call (dict->proxy.manager,
               dict->proxy.object,
               dict->proxy.place,
               what,
               args,
               ret_result,
               MP_FOREVER,
               site);
}

static void *
make_proxy (MpManager *manager,
            ManagerCall what,
            PnObjectKind kind,
            const char *name,
            MpSite site)
{
  ManagerProxy *proxy = mp_heap_alloc0 (sizeof *proxy);
  MpValue place;
  int error;

  if (proxy == NULL)
    return NULL;
  proxy->object = mp_object_new (kind, name, 0, site);
  error = call (manager,
                manager->object,
                0,
                what,
                args_of (1, mp_int (proxy->object), mp_none ()),
                &place,
                MP_FOREVER,
                site);
  if (error != MP_OK)
    {
      mp_heap_free (proxy);
      return mp_fail (error);
    }
  proxy->manager = manager;
  proxy->place = (uint32_t)mp_as_int (place);
  proxy->next = atomic_load (&manager->proxies);
  while (!atomic_compare_exchange_weak (&manager->proxies, &proxy->next, proxy))
    ;
  return proxy;
}

/* The server listens, or has ended. */
static bool
wait_ready (MpManager *manager)
{
  while (atomic_load (&manager->is_ready) == 0)
    {
      if (!mp_process_is_alive (manager->server))
        return atomic_load (&manager->is_ready) != 0;
      mp_futex_wait (&manager->is_ready, 0, mp_now_ns () + LOOK_NS);
    }
  return true;
}

static void
end_server (MpManager *manager, MpSite site)
{
  MpProcess *server = manager->server;

  if (mp_process_join_at (server, PATIENCE_SECONDS, site) == MP_TIMEOUT)
    {
      mp_process_signal_at (server, SIGKILL, site);
      mp_process_join_at (server, MP_FOREVER, site);
    }
  mp_process_free (server);
  manager->server = NULL;
}

static void
on_end (void *data)
{
  mp_manager_shutdown_at (data, MP_SITE_NONE);
}

static int
start_server (MpManager *manager, const char *name, MpSite site)
{
  char process_name[MP_NAME_BYTES + 8];
  int error;

  snprintf (process_name, sizeof process_name, "%s server", name);
  manager->server = mp_process_new (process_name, manager_serve, manager);
  if (manager->server == NULL)
    return mp_errno ();
  error = mp_process_start_at (manager->server, site);
  if (error != MP_OK)
    {
      mp_process_free (manager->server);
      return error;
    }
  manager->server_number = mp_process_number_of (manager->server);
  if (!wait_ready (manager))
    {
      end_server (manager, site);
      return MP_SYSTEM;
    }
  mp_on_end (on_end, manager);
  return MP_OK;
}

MpManager *
mp_manager_new_at (const char *name, MpSite site)
{
  char made[MP_NAME_BYTES];
  MpManager *manager;
  int error;

  manager = mp_heap_alloc0 (sizeof *manager);
  if (manager == NULL)
    return NULL;
  if (name == NULL)
    name = mp_object_default_name (PN_OBJECT_MANAGER, made);
  manager->creator = getpid ();
  manager->created_ns = mp_now_ns ();
  manager->object = mp_object_new (PN_OBJECT_MANAGER, name, 0, site);
  error = start_server (manager, name, site);
  if (error == MP_OK)
    return manager;
  mp_heap_free (manager);
  return mp_fail (error);
}

int
mp_manager_shutdown_at (MpManager *manager, MpSite site)
{
  if (manager->creator != getpid ())
    return MP_STATE;
  if (manager->server == NULL)
    return MP_OK;
  mp_on_end_cancel (on_end, manager);
  call (manager,
        manager->object,
        0,
        CALL_SHUTDOWN,
        mp_list (),
        NULL,
        PATIENCE_SECONDS,
        site);
  manager_channel_close (manager);
  end_server (manager, site);
  return MP_OK;
}

void
mp_manager_free (MpManager *manager)
{
  ManagerProxy *next;

  if (manager == NULL || manager->creator != getpid ())
    return;
  mp_manager_shutdown_at (manager, MP_SITE_NONE);
  for (ManagerProxy *proxy = manager->proxies; proxy != NULL; proxy = next)
    {
      next = proxy->next;
      mp_heap_free (proxy);
    }
  mp_heap_free (manager);
}

MpListProxy *
mp_manager_list_at (MpManager *manager, const char *name, MpSite site)
{
  return make_proxy (manager, CALL_NEW_LIST, PN_OBJECT_LIST, name, site);
}

int
mp_list_append_at (MpListProxy *list, MpValue item, MpSite site)
{
  return call_list (list, CALL_APPEND, args_of (1, item, mp_none ()), NULL, site);
}

int
mp_list_get_at (MpListProxy *list, int64_t index, MpValue *ret_item, MpSite site)
{
  return call_list (
      list, CALL_GET, args_of (1, mp_int (index), mp_none ()), ret_item, site);
}

int
mp_list_set_at (MpListProxy *list, int64_t index, MpValue item, MpSite site)
{
  return call_list (list, CALL_SET, args_of (2, mp_int (index), item), NULL, site);
}

int
mp_list_pop_at (MpListProxy *list, int64_t index, MpValue *ret_item, MpSite site)
{
  return call_list (
      list, CALL_POP, args_of (1, mp_int (index), mp_none ()), ret_item, site);
}

int
mp_list_len_at (MpListProxy *list, size_t *ret_len, MpSite site)
{
  MpValue len;
  int error = call_list (list, CALL_LEN, mp_list (), &len, site);

  if (error == MP_OK)
    *ret_len = (size_t)mp_as_int (len);
  return error;
}

int
mp_list_copy_at (MpListProxy *list, MpValue *ret_list, MpSite site)
{
  return call_list (list, CALL_COPY, mp_list (), ret_list, site);
}

MpDictProxy *
mp_manager_dict_at (MpManager *manager, const char *name, MpSite site)
{
  return make_proxy (manager, CALL_NEW_DICT, PN_OBJECT_DICT, name, site);
}

int
mp_dict_proxy_set_at (MpDictProxy *dict, const char *key, MpValue item, MpSite site)
{
  return call_dict (dict, CALL_DICT_SET, args_of (2, mp_text (key), item), NULL, site);
}

int
mp_dict_proxy_get_at (MpDictProxy *dict,
                      const char *key,
                      MpValue *ret_item,
                      MpSite site)
{
  return call_dict (
      dict, CALL_DICT_GET, args_of (1, mp_text (key), mp_none ()), ret_item, site);
}

int
mp_dict_proxy_del_at (MpDictProxy *dict, const char *key, MpSite site)
{
  return call_dict (
      dict, CALL_DICT_DEL, args_of (1, mp_text (key), mp_none ()), NULL, site);
}

int
mp_dict_proxy_len_at (MpDictProxy *dict, size_t *ret_len, MpSite site)
{
  MpValue len;
  int error = call_dict (dict, CALL_DICT_LEN, mp_list (), &len, site);

  if (error == MP_OK)
    *ret_len = (size_t)mp_as_int (len);
  return error;
}

int
mp_dict_proxy_copy_at (MpDictProxy *dict, MpValue *ret_dict, MpSite site)
{
  return call_dict (dict, CALL_DICT_COPY, mp_list (), ret_dict, site);
}
