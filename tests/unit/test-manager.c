/* SPDX-License-Identifier: MIT */
#include "manager-private.h"
#include "pn-test.h"

#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE 20.0

static int
run_process (MpTarget target, void *data)
{
  MpProcess *process = mp_process_new (NULL, target, data);
  int code = -1;

  g_assert_cmpint (mp_process_start (process), ==, MP_OK);
  g_assert_cmpint (mp_process_join_timeout (process, PATIENCE), ==, MP_OK);
  g_assert_true (mp_process_exitcode (process, &code));
  mp_process_free (process);
  return code;
}

static void
assert_list (MpListProxy *list, const char *expected)
{
  MpValue copy;
  char text[512];

  g_assert_cmpint (mp_list_copy (list, &copy), ==, MP_OK);
  g_assert_cmpstr (mp_repr (copy, text, sizeof text), ==, expected);
  mp_clear (&copy);
}

static void
a_list_is_like_python_s (void)
{
  MpManager *manager = mp_manager_new (NULL);
  MpListProxy *list = mp_manager_list (manager, "numbers");
  MpValue item;
  size_t n;

  g_assert_cmpint (mp_list_pop (list, -1, &item), ==, MP_INDEX);
  g_assert_cmpint (mp_list_append (list, mp_int (1)), ==, MP_OK);
  g_assert_cmpint (mp_list_append (list, mp_text ("two")), ==, MP_OK);
  g_assert_cmpint (mp_list_append (list, mp_list ()), ==, MP_OK);
  assert_list (list, "[1, 'two', []]");
  g_assert_cmpint (mp_list_get (list, -2, &item), ==, MP_OK);
  g_assert_cmpstr (mp_as_text (item), ==, "two");
  mp_clear (&item);
  g_assert_cmpint (mp_list_get (list, 3, &item), ==, MP_INDEX);
  g_assert_cmpint (mp_list_get (list, -4, &item), ==, MP_INDEX);
  g_assert_cmpint (mp_list_set (list, 0, mp_float (0.5)), ==, MP_OK);
  g_assert_cmpint (mp_list_set (list, 3, mp_text ("x")), ==, MP_INDEX);
  g_assert_cmpint (mp_list_pop (list, 1, &item), ==, MP_OK);
  g_assert_cmpstr (mp_as_text (item), ==, "two");
  mp_clear (&item);
  g_assert_cmpint (mp_list_len (list, &n), ==, MP_OK);
  g_assert_cmpuint (n, ==, 2);
  assert_list (list, "[0.5, []]");
  mp_manager_free (manager);
}

static void
a_dict_is_like_python_s (void)
{
  MpManager *manager = mp_manager_new ("keeper");
  MpDictProxy *dict = mp_manager_dict (manager, NULL);
  MpDictProxy *other = mp_manager_dict (manager, NULL);
  MpValue item;
  char text[200];
  size_t n;

  g_assert_cmpint (mp_dict_proxy_get (dict, "a", &item), ==, MP_KEY);
  g_assert_cmpint (mp_dict_proxy_set (dict, "b", mp_int (1)), ==, MP_OK);
  g_assert_cmpint (mp_dict_proxy_set (dict, "a", mp_int (2)), ==, MP_OK);
  g_assert_cmpint (mp_dict_proxy_set (dict, "b", mp_int (3)), ==, MP_OK);
  g_assert_cmpint (mp_dict_proxy_get (dict, "b", &item), ==, MP_OK);
  g_assert_cmpint (mp_as_int (item), ==, 3);
  g_assert_cmpint (mp_dict_proxy_copy (dict, &item), ==, MP_OK);
  g_assert_cmpstr (mp_repr (item, text, sizeof text), ==, "{'b': 3, 'a': 2}");
  mp_clear (&item);
  g_assert_cmpint (mp_dict_proxy_del (dict, "b"), ==, MP_OK);
  g_assert_cmpint (mp_dict_proxy_del (dict, "b"), ==, MP_KEY);
  g_assert_cmpint (mp_dict_proxy_len (dict, &n), ==, MP_OK);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (mp_dict_proxy_len (other, &n), ==, MP_OK);
  g_assert_cmpuint (n, ==, 0);
  mp_manager_free (manager);
}

static void
items_of_any_size (void)
{
  MpManager *manager = mp_manager_new (NULL);
  MpListProxy *list = mp_manager_list (manager, NULL);
  g_autofree char *bytes = g_malloc0 (5000000);
  MpValue item;

  for (size_t n = 1; n <= 5000000; n *= 10)
    g_assert_cmpint (mp_list_append (list, mp_bytes (bytes, n)), ==, MP_OK);
  g_assert_cmpint (mp_list_copy (list, &item), ==, MP_OK);
  g_assert_cmpuint (mp_len (item), ==, 7);
  g_assert_cmpuint (mp_len (mp_at (item, 6)), ==, 1000000);
  mp_clear (&item);
  mp_manager_free (manager);
}

#define CHILDREN 8
#define APPENDS 100

static int
append_many (void *data)
{
  for (int i = 0; i < APPENDS; i++)
    if (mp_list_append (data, mp_int (i)) != MP_OK)
      return 1;
  return 0;
}

static int
append_and_nest (void *data)
{
  return append_many (data) == 0 ? run_process (append_many, data) : 1;
}

static void
children_share_it (void)
{
  MpManager *manager = mp_manager_new (NULL);
  MpListProxy *list = mp_manager_list (manager, NULL);
  MpProcess *children[CHILDREN];
  int code = -1;
  size_t n;

  /* The creator has a connection already, which the children must not use. */
  for (int i = 0; i < CHILDREN; i++)
    {
      children[i] = mp_process_new (NULL, append_and_nest, list);
      g_assert_cmpint (mp_process_start (children[i]), ==, MP_OK);
    }
  for (int i = 0; i < CHILDREN; i++)
    {
      g_assert_cmpint (mp_process_join_timeout (children[i], PATIENCE), ==, MP_OK);
      g_assert_true (mp_process_exitcode (children[i], &code));
      g_assert_cmpint (code, ==, 0);
      mp_process_free (children[i]);
    }
  g_assert_cmpint (mp_list_len (list, &n), ==, MP_OK);
  g_assert_cmpuint (n, ==, 2 * CHILDREN * APPENDS);
  mp_manager_free (manager);
}

static int
append_until_eof (void *data)
{
  int error;

  do
    error = mp_list_append (data, mp_int (1));
  while (error == MP_OK);
  return error == MP_EOF && mp_list_append (data, mp_int (1)) == MP_EOF ? 0 : 1;
}

/* Whoever waits for it learns so, and who comes later too. */
static void
a_killed_server_is_the_end (void)
{
  for (int round = 0; round < pn_test_times (30); round++)
    {
      MpManager *manager = mp_manager_new (NULL);
      MpListProxy *list = mp_manager_list (manager, NULL);
      MpProcess *child = mp_process_new (NULL, append_until_eof, list);
      int code = -1;

      g_assert_cmpint (mp_process_start (child), ==, MP_OK);
      g_usleep ((gulong)g_test_rand_int_range (0, 2000));
      kill (manager->server_pid, SIGKILL);
      g_assert_cmpint (mp_process_join_timeout (child, PATIENCE), ==, MP_OK);
      g_assert_true (mp_process_exitcode (child, &code));
      g_assert_cmpint (code, ==, 0);
      g_assert_cmpint (append_until_eof (list), ==, 0);
      mp_process_free (child);
      mp_manager_free (manager);
    }
  g_assert_cmpuint (mp_active_children (NULL, 0), ==, 0);
}

static void
killed_clients_do_no_harm (void)
{
  MpManager *manager = mp_manager_new (NULL);
  MpListProxy *list = mp_manager_list (manager, NULL);
  MpListProxy *mine = mp_manager_list (manager, NULL);

  for (int round = 0; round < pn_test_times (100); round++)
    {
      MpProcess *child = mp_process_new (NULL, append_until_eof, list);
      MpValue item;

      g_assert_cmpint (mp_process_start (child), ==, MP_OK);
      g_usleep ((gulong)g_test_rand_int_range (0, 2000));
      mp_process_kill (child);
      g_assert_cmpint (mp_process_join_timeout (child, PATIENCE), ==, MP_OK);
      mp_process_free (child);
      g_assert_cmpint (mp_list_append (mine, mp_text ("mine")), ==, MP_OK);
      g_assert_cmpint (mp_list_pop (mine, -1, &item), ==, MP_OK);
      g_assert_cmpstr (mp_as_text (item), ==, "mine");
      mp_clear (&item);
    }
  mp_manager_free (manager);
}

static void
shutdown_ends_it_in_good_order (void)
{
  MpManager *manager = mp_manager_new (NULL);
  MpListProxy *list = mp_manager_list (manager, NULL);
  MpProcess *children[1];
  MpProcess *server;
  int code = -1;

  g_assert_cmpuint (mp_active_children (children, 1), ==, 1);
  server = children[0];
  g_assert_cmpint (mp_process_pid (server), ==, manager->server_pid);
  g_assert_cmpint (mp_process_terminate (server), ==, MP_OK);
  g_assert_cmpint (mp_process_join_timeout (server, PATIENCE), ==, MP_OK);
  g_assert_true (mp_process_exitcode (server, &code));
  g_assert_cmpint (code, ==, 0);
  g_assert_cmpint (mp_list_append (list, mp_int (1)), ==, MP_EOF);
  g_assert_cmpint (mp_manager_shutdown (manager), ==, MP_OK);
  g_assert_cmpint (mp_manager_shutdown (manager), ==, MP_OK);
  mp_manager_free (manager);

  manager = mp_manager_new (NULL);
  g_assert_cmpint (mp_manager_shutdown (manager), ==, MP_OK);
  g_assert_cmpuint (mp_active_children (NULL, 0), ==, 0);
  g_assert_null (mp_manager_list (manager, NULL));
  g_assert_cmpint (mp_errno (), ==, MP_EOF);
  mp_manager_free (manager);
}

/* A stopped server can't hang its creator's shutdown. */
static void
a_stopped_server_is_killed (void)
{
  MpManager *manager = mp_manager_new (NULL);

  kill (manager->server_pid, SIGSTOP);
  g_assert_cmpint (mp_manager_shutdown (manager), ==, MP_OK);
  g_assert_cmpuint (mp_active_children (NULL, 0), ==, 0);
  mp_manager_free (manager);
}

static int
shutdown_as_stranger (void *manager)
{
  return mp_manager_shutdown (manager) == MP_STATE ? 0 : 1;
}

static int
end_with_a_manager (void *data)
{
  *(_Atomic int *)data = mp_manager_new (NULL)->server_pid;
  return 0;
}

static int
killed_with_a_manager (void *data)
{
  *(_Atomic int *)data = mp_manager_new (NULL)->server_pid;
  raise (SIGKILL);
  return 0;
}

static void
the_server_ends_with_its_creator (void)
{
  _Atomic int *server_pid = mp_heap_alloc0 (sizeof *server_pid);
  MpManager *manager = mp_manager_new (NULL);
  int64_t deadline = mp_deadline (PATIENCE);

  g_assert_cmpint (run_process (shutdown_as_stranger, manager), ==, 0);
  mp_manager_free (manager);

  g_assert_cmpint (run_process (end_with_a_manager, (void *)server_pid), ==, 0);
  g_assert_cmpint (kill (*server_pid, 0), ==, -1);
  g_assert_cmpint (
      run_process (killed_with_a_manager, (void *)server_pid), ==, -SIGKILL);
  while (kill (*server_pid, 0) == 0 && mp_now_ns () < deadline)
    g_usleep (1000);
  g_assert_cmpint (kill (*server_pid, 0), ==, -1);
  mp_heap_free ((void *)server_pid);
}

static int
connect_raw (const MpManager *manager)
{
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (
      connect (fd, (const struct sockaddr *)&manager->address, manager->address_bytes),
      ==,
      0);
  return fd;
}

/* Requests of random bytes, and well-formed ones that can't be. */
static void
hostile_clients_do_no_harm (void)
{
  MpManager *manager = mp_manager_new (NULL);
  MpListProxy *list = mp_manager_list (manager, NULL);
  int half = connect_raw (manager);
  unsigned char bytes[128];
  size_t n;

  /* One that never goes on must not keep the others waiting. */
  g_assert_cmpint (write (half, "GMPM\xff", 5), ==, 5);
  for (int round = 0; round < pn_test_times (300); round++)
    {
      int fd = connect_raw (manager);
      ManagerHead head = { .magic = MANAGER_MAGIC,
                           .bytes = (uint32_t)g_test_rand_int_range (0, 90),
                           .call = (uint32_t)g_test_rand_int_range (0, N_CALLS + 2),
                           .place = (uint32_t)g_test_rand_int_range (0, 3) };

      for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(g_test_rand_int () % 12);
      if (head.call == CALL_SHUTDOWN)
        head.call = N_CALLS;
      if (round % 3 > 0)
        memcpy (bytes, &head, sizeof head);
      g_assert_cmpint (send (fd, bytes, sizeof bytes, MSG_NOSIGNAL), >, 0);
      if (round % 2 == 0)
        shutdown (fd, SHUT_WR);
      close (fd);
    }
  g_assert_cmpint (mp_list_len (list, &n), ==, MP_OK);
  close (half);
  mp_manager_free (manager);
}

/* What was freed last comes first again. */
static void
its_proxies_are_freed_with_it (void)
{
  MpManager *manager = mp_manager_new (NULL);
  void *proxies[] = { mp_manager_list (manager, NULL),
                      mp_manager_dict (manager, NULL),
                      mp_manager_list (manager, NULL) };
  void *block;

  mp_manager_free (manager);
  for (gsize i = 0; i < G_N_ELEMENTS (proxies); i++)
    {
      block = mp_heap_alloc (sizeof (ManagerProxy));
      if (block == manager)
        block = mp_heap_alloc (sizeof (ManagerProxy));
      g_assert_true (block == proxies[0] || block == proxies[1] || block == proxies[2]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manager/a-list-is-like-python-s", a_list_is_like_python_s);
  g_test_add_func ("/manager/a-dict-is-like-python-s", a_dict_is_like_python_s);
  g_test_add_func ("/manager/items-of-any-size", items_of_any_size);
  g_test_add_func ("/manager/its-proxies-are-freed-with-it",
                   its_proxies_are_freed_with_it);
  g_test_add_func ("/manager/children-share-it", children_share_it);
  g_test_add_func ("/manager/a-killed-server-is-the-end", a_killed_server_is_the_end);
  g_test_add_func ("/manager/killed-clients-do-no-harm", killed_clients_do_no_harm);
  g_test_add_func ("/manager/shutdown-ends-it-in-good-order",
                   shutdown_ends_it_in_good_order);
  g_test_add_func ("/manager/a-stopped-server-is-killed", a_stopped_server_is_killed);
  g_test_add_func ("/manager/the-server-ends-with-its-creator",
                   the_server_ends_with_its_creator);
  g_test_add_func ("/manager/hostile-clients-do-no-harm", hostile_clients_do_no_harm);
  return g_test_run ();
}
