/* SPDX-License-Identifier: MIT */
#pragma once

/* A manager: a server process that keeps objects, and proxies of them. */

#include <procession/mp-value.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef struct MpManager MpManager;
  typedef struct MpListProxy MpListProxy;
  typedef struct MpDictProxy MpDictProxy;

  /* Starts a server process that keeps the objects. Every call on a proxy is a message
   * to it and a reply from it. Proxies are the manager's and go with it; any process of
   * the run may use them. What is appended or set is taken, what is got is a copy:
   * mp_clear () it. An index below 0 counts from the end. Errors of proxies: MP_EOF
   * (the server has ended), MP_INDEX, MP_KEY, MP_TOO_LARGE. Cost: two messages, and
   * wake-ups of both sides. */
  MpManager *mp_manager_new_at (const char *name, MpSite site);
#define mp_manager_new(name) mp_manager_new_at ((name), MP_SITE)

  /* Ends the server and joins it. MP_STATE: not the creator. Asking twice is allowed.
   */
  int mp_manager_shutdown_at (MpManager *manager, MpSite site);
#define mp_manager_shutdown(manager) mp_manager_shutdown_at ((manager), MP_SITE)
  void mp_manager_free (MpManager *manager);

  MpListProxy *mp_manager_list_at (MpManager *manager, const char *name, MpSite site);
#define mp_manager_list(manager, name) mp_manager_list_at ((manager), (name), MP_SITE)
  int mp_list_append_at (MpListProxy *list, MpValue item, MpSite site);
  int mp_list_get_at (MpListProxy *list, int64_t index, MpValue *ret_item, MpSite site);
  int mp_list_set_at (MpListProxy *list, int64_t index, MpValue item, MpSite site);
  int mp_list_pop_at (MpListProxy *list, int64_t index, MpValue *ret_item, MpSite site);
  int mp_list_len_at (MpListProxy *list, size_t *ret_len, MpSite site);
  int mp_list_copy_at (MpListProxy *list, MpValue *ret_list, MpSite site);
#define mp_list_append(list, item) mp_list_append_at ((list), (item), MP_SITE)
#define mp_list_get(list, index, ret) mp_list_get_at ((list), (index), (ret), MP_SITE)
#define mp_list_set(list, index, item) mp_list_set_at ((list), (index), (item), MP_SITE)
#define mp_list_pop(list, index, ret) mp_list_pop_at ((list), (index), (ret), MP_SITE)
#define mp_list_len(list, ret_len) mp_list_len_at ((list), (ret_len), MP_SITE)
#define mp_list_copy(list, ret_list) mp_list_copy_at ((list), (ret_list), MP_SITE)

  MpDictProxy *mp_manager_dict_at (MpManager *manager, const char *name, MpSite site);
#define mp_manager_dict(manager, name) mp_manager_dict_at ((manager), (name), MP_SITE)
  int
  mp_dict_proxy_set_at (MpDictProxy *dict, const char *key, MpValue item, MpSite site);
  int mp_dict_proxy_get_at (MpDictProxy *dict,
                            const char *key,
                            MpValue *ret_item,
                            MpSite site);
  int mp_dict_proxy_del_at (MpDictProxy *dict, const char *key, MpSite site);
  int mp_dict_proxy_len_at (MpDictProxy *dict, size_t *ret_len, MpSite site);
  int mp_dict_proxy_copy_at (MpDictProxy *dict, MpValue *ret_dict, MpSite site);
#define mp_dict_proxy_set(dict, key, item)                                             \
  mp_dict_proxy_set_at ((dict), (key), (item), MP_SITE)
#define mp_dict_proxy_get(dict, key, ret)                                              \
  mp_dict_proxy_get_at ((dict), (key), (ret), MP_SITE)
#define mp_dict_proxy_del(dict, key) mp_dict_proxy_del_at ((dict), (key), MP_SITE)
#define mp_dict_proxy_len(dict, ret_len)                                               \
  mp_dict_proxy_len_at ((dict), (ret_len), MP_SITE)
#define mp_dict_proxy_copy(dict, ret_dict)                                             \
  mp_dict_proxy_copy_at ((dict), (ret_dict), MP_SITE)

#ifdef __cplusplus
}
#endif
