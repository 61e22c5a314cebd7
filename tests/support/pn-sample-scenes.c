/* SPDX-License-Identifier: MIT */
#include "pn-sample.h"

#include <string.h>

GBytes *
pn_sample_lock (void)
{
  return pn_sample_compile (
      "0.00 runner run.begin          \"Lock\"\n"
      "0.00 main   process.begin\n"
      "0.00 main   name lock          lock\n"
      "0.00 main   name queue         results\n"
      "0.00 main   name value         counter\n"
      "0.00 main   value.write        counter =0\n"
      "0.16 main   process.start      P1              @lock.c:20\n"
      "0.21 P1     process.begin\n"
      "0.26 main   process.start      P2              @lock.c:20\n"
      "0.31 P2     process.begin\n"
      "0.36 main   process.start      P3              @lock.c:20\n"
      "0.41 P3     process.begin\n"
      "0.42 main   process.join-wait  P1              @lock.c:23\n"
      "0.58 P1     queue.put          results \"'P1'\" @lock.c:5\n"
      "0.62 P1     lock.acquire       lock            @lock.c:6\n"
      "0.63 P1     output.line        \"process: 1\"  @lock.c:7\n"
      "0.66 P2     queue.put          results \"'P2'\" @lock.c:5\n"
      "0.68 P2     lock.wait          lock            @lock.c:6\n"
      "0.70 P1     value.write        counter =1      @lock.c:7\n"
      "0.72 P1     sleep.begin        ~0.8            @lock.c:8\n"
      "0.78 P3     queue.put          results \"'P3'\" @lock.c:5\n"
      "0.80 P3     lock.wait          lock            @lock.c:6\n"
      "1.52 P1     sleep.end                          @lock.c:8\n"
      "1.53 P1     lock.release       lock            @lock.c:9\n"
      "1.54 P2     lock.acquire       lock            @lock.c:6\n"
      "1.55 P1     process.exit\n"
      "1.55 P2     output.line        \"process: 2\"  @lock.c:7\n"
      "1.57 P1     process.end\n"
      "1.58 P2     value.write        counter =2      @lock.c:7\n"
      "1.60 P2     sleep.begin        ~0.76           @lock.c:8\n"
      "1.62 main   process.join       P1              @lock.c:23\n"
      "1.64 main   queue.get          results         @lock.c:24\n"
      "1.66 main   process.join-wait  P2              @lock.c:23\n"
      "2.36 P2     sleep.end                          @lock.c:8\n"
      "2.37 P2     lock.release       lock            @lock.c:9\n"
      "2.38 P3     lock.acquire       lock            @lock.c:6\n"
      "2.40 P3     output.line        \"process: 3\"  @lock.c:7\n"
      "2.41 P2     process.exit\n"
      "2.42 P2     process.end\n"
      "2.43 P3     value.write        counter =3      @lock.c:7\n"
      "2.45 P3     sleep.begin        ~0.75           @lock.c:8\n"
      "2.46 main   process.join       P2              @lock.c:23\n"
      "2.48 main   queue.get          results         @lock.c:24\n"
      "2.50 main   process.join-wait  P3              @lock.c:23\n"
      "3.20 P3     sleep.end                          @lock.c:8\n"
      "3.21 P3     lock.release       lock            @lock.c:9\n"
      "3.26 P3     process.exit\n"
      "3.28 P3     process.end\n"
      "3.30 main   process.join       P3              @lock.c:23\n"
      "3.32 main   queue.get          results         @lock.c:24\n"
      "3.40 main   process.exit\n"
      "3.41 main   process.end\n"
      "3.42 runner run.end\n");
}

GBytes *
pn_sample_deadlock (void)
{
  return pn_sample_compile ("0.00 runner run.begin         \"Deadlock by lock order\"\n"
                            "0.00 main   process.begin\n"
                            "0.01 main   name lock         fork\n"
                            "0.01 main   name lock         knife\n"
                            "0.10 main   process.start     P1      @order.c:30\n"
                            "0.12 P1     process.begin\n"
                            "0.14 main   process.start     P2      @order.c:31\n"
                            "0.16 P2     process.begin\n"
                            "0.18 main   process.join-wait P1      @order.c:32\n"
                            "0.20 P1     lock.acquire      fork    @order.c:10\n"
                            "0.21 P1     sleep.begin       ~0.1    @order.c:11\n"
                            "0.24 P2     lock.acquire      knife   @order.c:20\n"
                            "0.25 P2     sleep.begin       ~0.1    @order.c:21\n"
                            "0.31 P1     sleep.end                 @order.c:11\n"
                            "0.32 P1     lock.wait         knife   @order.c:12\n"
                            "0.35 P2     sleep.end                 @order.c:21\n"
                            "0.36 P2     lock.wait         fork    @order.c:22\n"
                            "2.00 runner run.end           =-9 \"stopped\"\n");
}

GBytes *
pn_sample_ends (void)
{
  return pn_sample_compile ("0.00 runner run.begin         \"Ends\"\n"
                            "0.00 main   process.begin\n"
                            "0.01 main   name lock         lock\n"
                            "0.10 main   process.start     P1\n"
                            "0.11 P1     process.begin\n"
                            "0.12 main   process.start     P2\n"
                            "0.13 P2     process.begin\n"
                            "0.14 main   process.start     P3\n"
                            "0.15 P3     process.begin\n"
                            "0.16 main   process.start     P4 !daemon\n"
                            "0.17 P4     process.begin\n"
                            "0.18 main   process.start     P5\n"
                            "0.19 P5     process.begin\n"
                            "0.20 P1     process.exit      =3\n"
                            "0.21 P1     process.end       =3\n"
                            "0.25 P2     output.line       \"core dumped\" !stderr\n"
                            "0.26 P2     process.end       =-11\n"
                            "0.30 P3     lock.acquire      lock\n"
                            "0.35 main   process.join-wait P1\n"
                            "0.36 main   process.join      P1 =3\n"
                            "0.40 P4     lock.wait         lock\n"
                            "0.45 P5     process.stop\n"
                            "0.50 main   process.signal    P3 =9\n"
                            "0.51 P3     process.end       =-9\n"
                            "0.51 P3     lock.abandon      lock\n"
                            "0.60 main   process.join      P3 =-9\n"
                            "0.70 P5     process.continue\n"
                            "0.75 P5     lock.wait         lock ~0.2\n"
                            "0.95 P5     lock.acquire      lock !failed =-1\n"
                            "1.00 P5     process.end       !unknown\n"
                            "1.10 main   process.exit\n"
                            "1.11 P4     process.end       =-15\n"
                            "1.12 main   process.end\n"
                            "1.13 runner run.end\n");
}

GBytes *
pn_sample_pool (void)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();

  pn_sample_builder_add (builder,
                         "0.00 runner run.begin      \"Pool\"\n"
                         "0.00 main   process.begin\n"
                         "0.01 main   name pool      pool =3\n");
  for (int i = 1; i <= 3; i++)
    pn_sample_builder_addf (builder,
                            "0.%d2 main process.start W%d !daemon\n"
                            "0.%d4 W%d   process.begin\n"
                            "0.%d5 W%d   pool.task-wait pool\n",
                            i,
                            i,
                            i,
                            i,
                            i,
                            i);
  for (int i = 1; i <= 5; i++)
    pn_sample_builder_addf (
        builder, "0.4%d main pool.submit pool =%d \"%d\" @pool.c:12\n", i, i, i);
  pn_sample_builder_add (builder,
                         "0.47 main pool.result-wait pool           @pool.c:12\n"
                         "0.50 W1   pool.begin       pool main =1 \"1\"\n"
                         "0.51 W1   sleep.begin      ~1\n"
                         "0.52 W2   pool.begin       pool main =2 \"2\"\n"
                         "0.53 W2   sleep.begin      ~1\n"
                         "0.54 W3   pool.begin       pool main =3 \"3\"\n"
                         "0.55 W3   sleep.begin      ~1\n"
                         "1.51 W1   sleep.end\n"
                         "1.52 W1   pool.done        pool main =1 \"1\"\n"
                         "1.53 W2   sleep.end\n"
                         "1.54 W2   pool.done        pool main =2 \"4\"\n"
                         "1.55 W1   pool.begin       pool main =4 \"4\"\n"
                         "1.56 W3   sleep.end\n"
                         "1.57 W3   pool.done        pool main =3 \"9\"\n"
                         "1.58 W2   pool.begin       pool main =5 \"5\"\n"
                         "1.59 W3   pool.task-wait   pool\n"
                         "1.70 W1   pool.done        pool main =4 \"16\"\n"
                         "1.71 W1   pool.task-wait   pool\n"
                         "1.80 W2   pool.done        pool main =5 \"25\"\n"
                         "1.81 W2   pool.task-wait   pool\n");
  for (int i = 1; i <= 5; i++)
    pn_sample_builder_addf (builder,
                            "1.8%d main pool.result pool W%d =%d \"%d\"\n",
                            i + 1,
                            i <= 3 ? i : i - 3,
                            i,
                            i * i);
  pn_sample_builder_add (builder,
                         "1.90 main   pool.close        pool\n"
                         "1.92 main   process.join-wait W1\n"
                         "1.93 W1     process.end\n"
                         "1.94 W2     process.end\n"
                         "1.95 main   process.join      W1\n"
                         "1.96 main   process.join      W2\n"
                         "1.97 main   process.join-wait W3\n"
                         "1.98 W3     process.end\n"
                         "1.99 main   process.join      W3\n"
                         "2.00 main   process.exit\n"
                         "2.01 main   process.end\n"
                         "2.02 runner run.end\n");
  return pn_sample_builder_end (builder);
}

GBytes *
pn_sample_pipe (void)
{
  return pn_sample_compile ("0.00 runner run.begin          \"Pipe\"\n"
                            "0.00 main   process.begin\n"
                            "0.01 main   name pipe          pipe\n"
                            "0.10 main   process.start      P1\n"
                            "0.11 main   pipe.close         pipe.2\n"
                            "0.12 P1     process.begin\n"
                            "0.13 P1     pipe.recv-wait     pipe.2      @pipe.c:8\n"
                            "0.20 main   pipe.send          pipe.1 \"'hello'\"\n"
                            "0.21 P1     pipe.recv          pipe.2      @pipe.c:8\n"
                            "0.22 main   pipe.recv-wait     pipe.1\n"
                            "0.30 P1     pipe.send          pipe.2 \"[1, 'two']\"\n"
                            "0.31 main   pipe.recv          pipe.1\n"
                            "0.32 main   pipe.send          pipe.1 \"'more'\"\n"
                            "0.33 P1     pipe.close         pipe.2\n"
                            "0.40 main   pipe.recv-wait     pipe.1\n"
                            "0.41 main   pipe.recv          pipe.1 !failed =-4\n"
                            "0.42 P1     process.exit\n"
                            "0.43 P1     process.end\n"
                            "0.44 main   process.join       P1\n"
                            "0.45 main   pipe.close         pipe.1\n"
                            "0.46 main   process.exit\n"
                            "0.47 main   process.end\n"
                            "0.48 runner run.end\n");
}

GBytes *
pn_sample_manager (void)
{
  return pn_sample_compile (
      "0.00 runner run.begin         \"Manager: shared list\"\n"
      "0.00 main   process.begin\n"
      "0.01 main   name manager      manager\n"
      "0.02 main   process.start     S \"Manager\" !daemon\n"
      "0.04 S      process.begin\n"
      "0.05 main   name list         names\n"
      "0.05 S      value.write       names \"[]\"\n"
      "0.06 S      manager.serve-wait manager\n"
      "0.10 main   process.start     P1\n"
      "0.12 P1     process.begin\n"
      "0.14 main   process.start     P2\n"
      "0.16 P2     process.begin\n"
      "0.18 main   process.join-wait P1\n"
      "0.20 P1     manager.call      names S =1 \"append ('a')\" @list.c:7\n"
      "0.21 P2     manager.call      names S =2 \"append ('b')\" @list.c:7\n"
      "0.22 S      manager.serve     names P1 =1 \"append ('a')\"\n"
      "0.23 S      value.write       names \"['a']\"\n"
      "0.24 P1     manager.reply     names S =1 \"None\"\n"
      "0.25 S      manager.serve     names P2 =2 \"append ('b')\"\n"
      "0.26 P1     process.exit\n"
      "0.27 S      value.write       names \"['a', 'b']\"\n"
      "0.28 P2     manager.reply     names S =2 \"None\"\n"
      "0.28 S      manager.serve-wait manager\n"
      "0.29 P1     process.end\n"
      "0.30 main   process.join      P1\n"
      "0.31 P2     process.exit\n"
      "0.32 P2     process.end\n"
      "0.33 main   process.join      P2\n"
      "0.35 main   manager.call      names S =3 \"copy ()\"\n"
      "0.36 S      manager.serve     names main =3 \"copy ()\"\n"
      "0.37 main   manager.reply     names S =3 \"['a', 'b']\"\n"
      "0.37 S      manager.serve-wait manager\n"
      "0.38 main   output.line       \"['a', 'b']\"\n"
      "0.40 main   process.signal    S =15\n"
      "0.41 S      process.end       =-15\n"
      "0.42 main   process.join      S =-15\n"
      "0.43 main   process.exit\n"
      "0.44 main   process.end\n"
      "0.45 runner run.end\n");
}

GBytes *
pn_sample_nested (void)
{
  return pn_sample_compile ("0.00 runner run.begin         \"Nested processes\"\n"
                            "0.00 main   process.begin\n"
                            "0.10 main   process.start     P1\n"
                            "0.12 P1     process.begin\n"
                            "0.13 main   process.start     P2 !daemon\n"
                            "0.14 main   process.join-wait P1 ~2\n"
                            "0.15 P2     process.begin\n"
                            "0.16 P2     sleep.begin       ~60\n"
                            "0.20 P1     process.start     P1a \"P1:1\"\n"
                            "0.22 P1a    process.begin\n"
                            "0.23 P1     process.join-wait P1a\n"
                            "0.24 P1a    process.start     P1b \"P1:1:1\"\n"
                            "0.26 P1b    process.begin\n"
                            "0.27 P1a    process.join-wait P1b\n"
                            "0.28 P1b    output.line       \"deepest\"\n"
                            "0.30 P1b    process.exit\n"
                            "0.31 P1b    process.end\n"
                            "0.32 P1a    process.join      P1b\n"
                            "0.33 P1a    process.exit\n"
                            "0.34 P1a    process.end\n"
                            "0.35 P1     process.join      P1a\n"
                            "0.36 P1     process.exit\n"
                            "0.37 P1     process.end\n"
                            "0.38 main   process.join      P1\n"
                            "0.40 main   process.exit\n"
                            "0.41 main   process.signal    P2 =15\n"
                            "0.42 P2     process.end       =-15\n"
                            "0.43 main   process.join      P2 =-15\n"
                            "0.44 main   process.end\n"
                            "0.45 runner run.end\n");
}

GBytes *
pn_sample_hostile (void)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();
  g_autofree char *wide = g_strnfill (3000, 'W');

  pn_sample_builder_add (
      builder,
      "0.00 runner run.begin      \"<b>bold</b> & \\\"quotes\\\"\"\n"
      "0.00 main   process.begin\n"
      "0.01 main   name lock      markup \"<span size='99'>&amp;</i>\"\n"
      "0.02 main   name queue     bidi \"a\\342\\200\\256txt.exe\\342\\200\\254\"\n"
      "0.03 main   name value     control \"\\033[31mred\\033[0m\\001\\177\"\n"
      "0.04 main   name list      bytes \"\\377\\376\\300\\257bad\"\n"
      "0.05 main   name dict      none \"\"\n"
      "0.06 main   name pipe      lines \"one\\ntwo\\r\\nthree\\ttab\"\n"
      "0.07 main   name pool      emoji \"\\360\\237\\246\\204\\360\\237\\246\\204\" "
      "=2\n"
      "0.08 main   name manager   c1 \"\\302\\233\\302\\205\"\n"
      "0.10 main   process.start  P1 \"\\342\\200\\213\\342\\201\\246zero\"\n"
      "0.11 P1     process.begin\n"
      "0.12 main   process.start  P2 \"\"\n"
      "0.13 P2     process.begin\n");
  pn_sample_builder_addf (builder, "0.14 main name lock long \"%s\"\n", wide);
  pn_sample_builder_addf (builder, "0.15 main process.start P3 \"%s\"\n", wide);
  pn_sample_builder_add (
      builder,
      "0.16 P3     process.begin\n"
      "0.20 P1     lock.acquire      markup @<i>.c:65535\n"
      "0.21 P2     lock.wait         markup\n"
      "0.22 P3     lock.wait         markup\n"
      "0.23 P3     queue.put         bidi \"\\342\\200\\256\\033]0;title\\007\"\n"
      "0.24 main   queue.get         bidi\n"
      "0.25 P1     value.write       control \"\\001line\\nline\"\n"
      "0.26 P1     lock.acquire      long\n"
      "0.27 P1     output.line       \"\\033[2Jcleared \\377\"\n"
      "0.28 P1     value.write       bytes \"['\\303\\251\\377']\"\n"
      "0.30 P1     lock.release      markup\n"
      "0.31 P2     lock.acquire      markup\n"
      "0.40 P1     process.end       =-64\n"
      "0.41 P2     process.end       =-77\n"
      "0.42 P3     process.end       =255\n"
      "9.00 runner run.end           =1 \"<stopped>\\033[0m\"\n");
  return pn_sample_builder_end (builder);
}

GBytes *
pn_sample_many (guint n_processes)
{
  PnSampleBuilder *builder = pn_sample_builder_new ();
  double at = 0.01;

  pn_sample_builder_add (builder,
                         "0.00 runner run.begin \"Many\"\n"
                         "0.00 main process.begin\n"
                         "0.00 main name lock lock\n"
                         "0.00 main name queue results\n");
  for (guint i = 1; i < n_processes; i++, at += 0.01)
    pn_sample_builder_addf (builder,
                            "%.4f main process.start P%u\n"
                            "%.4f P%u process.begin\n"
                            "%.4f P%u lock.%s lock\n",
                            at,
                            i,
                            at + 0.003,
                            i,
                            at + 0.004,
                            i,
                            i == 1 ? "acquire" : "wait");
  for (guint i = 1; i < n_processes; i++, at += 0.02)
    {
      pn_sample_builder_addf (builder,
                              "%.4f P%u queue.put results \"%u\"\n"
                              "%.4f P%u lock.release lock\n",
                              at,
                              i,
                              i * i,
                              at + 0.010,
                              i);
      if (i + 1 < n_processes)
        pn_sample_builder_addf (
            builder, "%.4f P%u lock.acquire lock\n", at + 0.012, i + 1);
      pn_sample_builder_addf (builder, "%.4f P%u process.end\n", at + 0.014, i);
    }
  for (guint i = 1; i < n_processes; i++, at += 0.01)
    pn_sample_builder_addf (builder,
                            "%.4f main queue.get results\n"
                            "%.4f main process.join P%u\n",
                            at,
                            at + 0.005,
                            i);
  pn_sample_builder_addf (
      builder, "%.4f main process.end\n%.4f runner run.end\n", at, at + 0.01);
  return pn_sample_builder_end (builder);
}

static void
add_round (PnSampleBuilder *builder, gsize round, guint32 process, gint64 *time_ns)
{
  static const struct
  {
    PnKind kind;
    guint32 object;
  } steps[] = {
    { PN_KIND_LOCK_ACQUIRE, 1 }, { PN_KIND_VALUE_READ, 3 }, { PN_KIND_VALUE_WRITE, 3 },
    { PN_KIND_LOCK_RELEASE, 1 }, { PN_KIND_QUEUE_PUT, 2 },  { PN_KIND_QUEUE_GET, 2 },
    { PN_KIND_SLEEP_BEGIN, 0 },  { PN_KIND_SLEEP_END, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      PnEvent event = { .kind = steps[i].kind,
                        .object = steps[i].object,
                        .process = process,
                        .time_ns = *time_ns,
                        .value = (gint64)round + 1 };

      if (event.kind == PN_KIND_VALUE_READ || event.kind == PN_KIND_VALUE_WRITE)
        event.flags = PN_FLAG_INTEGER;
      if (event.kind == PN_KIND_QUEUE_GET)
        event.peer = process;
      if (event.kind == PN_KIND_SLEEP_BEGIN)
        event.value = 1000;
      else if (event.object >= 2)
        event.text_bytes = (gsize)g_snprintf (
            event.text, sizeof event.text, "%" G_GSIZE_FORMAT, round + 1);
      pn_sample_builder_add_event (builder, &event);
      *time_ns += 250;
    }
}

GBytes *
pn_sample_generated (gsize n_events)
{
  enum
  {
    CHILDREN = 8
  };
  PnSampleBuilder *builder = pn_sample_builder_new ();
  gint64 time_ns = G_GINT64_CONSTANT (200000000);
  gsize n = 6 + 2 * CHILDREN;

  pn_sample_builder_add (builder,
                         "0.00 runner run.begin \"Generated\"\n"
                         "0.00 main process.begin\n"
                         "0.00 main name lock lock\n"
                         "0.00 main name queue results\n"
                         "0.00 main name value counter\n");
  for (int i = 1; i <= CHILDREN; i++)
    pn_sample_builder_addf (
        builder, "0.1 main process.start P%d\n0.1 P%d process.begin\n", i, i);
  for (gsize round = 0; n + 8 <= n_events; round++, n += 8)
    add_round (builder, round, 2 + (guint32)(round % CHILDREN), &time_ns);
  for (; n < n_events; n++)
    pn_sample_builder_addf (
        builder, "%.9f main output.line \"end\"\n", (double)time_ns * 1e-9);
  pn_sample_builder_addf (builder, "%.9f runner run.end\n", (double)time_ns * 1e-9);
  return pn_sample_builder_end (builder);
}

const char *const *
pn_sample_get_names (void)
{
  static const char *const names[]
      = { "lock",   "deadlock", "ends", "pool",      "pipe", "manager",
          "nested", "hostile",  "many", "generated", NULL };

  return names;
}

GBytes *
pn_sample_by_name (const char *name)
{
  static GBytes *(*const makers[]) (void) = {
    pn_sample_lock, pn_sample_deadlock, pn_sample_ends,   pn_sample_pool,
    pn_sample_pipe, pn_sample_manager,  pn_sample_nested, pn_sample_hostile,
  };
  const char *const *names = pn_sample_get_names ();

  for (gsize i = 0; i < G_N_ELEMENTS (makers); i++)
    if (g_str_equal (name, names[i]))
      return makers[i]();
  if (g_str_equal (name, "many"))
    return pn_sample_many (60);
  if (g_str_equal (name, "generated"))
    return pn_sample_generated (20000);
  return NULL;
}
