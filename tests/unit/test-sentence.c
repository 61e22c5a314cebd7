/* SPDX-License-Identifier: MIT */
#include "pn-random.h"
#include "pn-sample-model.h"

#include <string.h>

/* The world that each case begins in. */
#define BEGIN                                                                          \
  "0.0 main process.begin\n0.0 main name lock lock\n0.0 main name lock fork\n"         \
  "0.0 main name queue results\n0.0 main name queue small =1\n"                        \
  "0.0 main name pipe pipe\n0.0 main name value counter\n"                             \
  "0.0 main name pool pool =2\n0.0 main name list names\n"                             \
  "0.1 main process.start P1\n0.1 P1 process.begin\n"                                  \
  "0.1 main process.start P2\n0.1 P2 process.begin\n"                                  \
  "0.1 main process.start P3\n0.1 P3 process.begin\n"

/* What is said about the last event of a script. */
typedef struct
{
  const char *script;
  const char *sentence;
} Case;

static const Case run_cases[] = {
  { "1 runner run.begin \"Lock\"\n", "The run of “Lock” begins." },
  { "1 runner run.begin\n", "The run begins." },
  { "1 runner run.end\n", "The run ends." },
  { "1 runner run.end =1 \"the time is over\"\n", "The run ends: the time is over." },
  { "1 runner run.lost =1\n",
    "1 event is missing here: its process died while it wrote it." },
  { "1 runner run.lost =3\n",
    "3 events are missing here: their processes died while they wrote them." },
  { "1 main name file f \"lock.c\"\n", "A source file of the program is lock.c." },
  { "1 main name lock l \"my lock\"\n", "main makes a lock called my lock." },
  { "1 main name queue l \"q\" =3\n",
    "main makes a queue for at most 3 messages, called q." },
  { "1 main name queue l \"q\" =1\n",
    "main makes a queue for at most 1 message, called q." },
  { "1 main name queue l \"q\"\n", "main makes a queue called q." },
  { "1 main name pool l \"p\" =4\n", "main makes a pool of 4 workers, called p." },
  { "1 main name pool l \"p\" =1\n", "main makes a pool of 1 worker, called p." },
  { "1 main name list l \"names\"\n", "main wants a shared list called names." },
  { "1 main name dict l \"\"\n", "main wants a shared dict." },
};

static const Case process_cases[] = {
  { "1 main process.start P4\n", "main starts P4." },
  { "1 main process.start P4 !daemon\n",
    "main starts P4 as a daemon: when main ends, P4 is ended too." },
  { "1 runner process.start P9\n", "The program starts: P9." },
  { "1.00 main process.start P4\n1.05 P4 process.begin\n",
    "P4 begins, with pid 4715, 50 ms after main started it." },
  { "1 P4 process.begin =77\n", "process 5 begins, with pid 77." },
  { "1 P1 process.exit\n", "P1 exits." },
  { "1 P1 process.exit =3\n", "P1 exits with code 3." },
  { "1 P1 lock.acquire lock\n1 P1 lock.acquire fork\n2 P1 process.exit\n",
    "P1 exits while it holds lock and fork." },
  { "1 P1 process.end\n", "P1 has ended. It stays a zombie until main joins it." },
  { "1 P1 process.end =3\n",
    "P1 has ended with code 3. It stays a zombie until main joins it." },
  { "1.0 main process.join-wait P1\n2.1 P1 process.end\n",
    "P1 has ended. main has waited 1.1 s for it and can go on." },
  { "1 main process.end\n", "main has ended." },
  { "1 P1 process.end =-11\n",
    "P1 is killed by SIGSEGV. It stays a zombie until main joins it." },
  { "1 P1 lock.acquire lock\n2 P1 process.end =-9 \"the run was stopped\"\n",
    "P1 is killed by SIGKILL, because the run was stopped." },
  { "1 P2 process.signal P1 =15\n2 P1 process.end =-15\n",
    "P1 is killed by SIGTERM from P2. It stays a zombie until main joins it." },
  { "1 P1 lock.acquire lock\n2 P1 process.end =-9\n",
    "P1 is killed by SIGKILL while it holds lock. Nobody can release it now." },
  { "1 P1 lock.acquire lock\n1 P1 lock.acquire fork\n2 P1 process.end\n",
    "P1 has ended while it holds lock and fork. Nobody can release them now." },
  { "1 P1 process.end !unknown\n",
    "P1 has ended; how is not known. It stays a zombie until main joins it." },
  { "1 P1 process.end\n2 P1 process.end\n", "P1 had already ended." },
  { "1 main process.join-wait P1\n", "main waits for P1 to end." },
  { "1 main process.join-wait P1 ~2\n", "main waits for P1 to end, for at most 2 s." },
  { "1 P1 process.end\n2 main process.join-wait P1\n",
    "main joins P1, which has already ended." },
  { "1 main lock.acquire lock\n1 P1 lock.wait lock\n2 main process.join-wait P1\n",
    "main waits for P1 to end. Deadlock: main and P1 wait for each other." },
  { "1 main process.join-wait P1\n1 P1 process.end\n2.2 main process.join P1\n",
    "main joins P1 after waiting for 1.2 s." },
  { "1 main process.join-wait P1\n1 P1 process.end =3\n2 main process.join P1 =3\n",
    "main joins P1 after waiting for 1 s: it exited with code 3." },
  { "1 P1 process.end =-9\n2 main process.join P1 =-9\n",
    "main joins P1, which has already ended: it was killed by SIGKILL." },
  { "1 main process.join-wait P1 ~1\n2 main process.join P1 !failed =-1\n",
    "main gives up waiting for P1 after 1 s: it still runs." },
  { "1 main process.join P1 !failed =-1\n",
    "main does not wait for P1, which still runs." },
  { "1 P2 process.join P1 !failed =-7\n",
    "P2 can't join P1: this is not the moment for it." },
  { "1 main process.signal P1 =9\n", "main sends SIGKILL to P1." },
  { "1 main process.signal P1 =50\n", "main sends signal 50 to P1." },
  { "1 main process.signal P1 !failed =-14\n",
    "main can't send a signal to P1: the system refuses." },
  { "1 P1 process.stop\n",
    "P1 is stopped: it does nothing until it is told to go on." },
  { "1 P1 lock.acquire lock\n2 P1 process.stop\n",
    "P1 is stopped: it does nothing until it is told to go on. It still holds lock." },
  { "1 P1 process.stop\n1.25 P1 process.continue\n",
    "P1 goes on after it was stopped for 0.25 s." },
  { "1 P1 process.continue\n", "P1 goes on." },
  { "1 P1 sleep.begin ~0.8\n", "P1 sleeps for 0.8 s." },
  { "1 P1 lock.acquire lock\n1 P1 sleep.begin ~0.8\n",
    "P1 sleeps for 0.8 s. It keeps lock." },
  { "1 P1 sleep.begin ~0.8\n1.81 P1 sleep.end\n", "P1 wakes up after 0.81 s." },
  { "1 P1 sleep.end\n", "P1 wakes up." },
  { "1 P1 output.line \"hello\"\n", "P1 prints “hello”." },
  { "1 P1 output.line \"oops\" !stderr\n", "P1 prints “oops” to stderr." },
  { "1 P1 output.line\n", "P1 prints an empty line." },
  { "1 runner output.line \"x\"\n", "The program prints “x”." },
};

static const Case lock_cases[] = {
  { "1 P1 lock.acquire lock\n", "P1 takes lock, which is free." },
  { "1 P1 lock.acquire lock\n2 P2 lock.wait lock\n",
    "P2 asks for lock. P1 holds it, so P2 waits." },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n2 P3 lock.wait lock\n",
    "P3 asks for lock. P1 holds it, so P3 waits behind P2." },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n1 P3 lock.wait lock\n"
    "2 main lock.wait lock\n",
    "main asks for lock. P1 holds it, so main waits behind P2 and P3." },
  { "1 P1 lock.acquire lock\n2 P2 lock.wait lock ~0.2\n",
    "P2 asks for lock. P1 holds it, so P2 waits, for at most 0.2 s." },
  { "1 P2 lock.wait lock\n", "P2 asks for lock and waits until it gets it." },
  { "1 P1 lock.acquire lock\n2 P1 lock.wait lock\n",
    "P1 asks for lock, which it holds itself, and waits. Deadlock: P1 waits for "
    "itself." },
  { "1 P1 lock.acquire lock\n2 P1 lock.wait lock ~1\n",
    "P1 asks for lock, which it holds itself, and waits, for at most 1 s." },
  { "1 P1 lock.acquire lock\n1 P1 process.end =-9\n2 P2 lock.wait lock\n",
    "P2 asks for lock. P1 ended while it held it, so P2 waits forever." },
  { "1 P1 lock.acquire lock\n1 P1 process.end =-9\n2 P2 lock.wait lock ~1\n",
    "P2 asks for lock. P1 ended while it held it, so P2 waits in vain, for at most "
    "1 s." },
  { "1 P1 lock.acquire lock\n1 P2 lock.acquire fork\n1 P1 lock.wait fork\n"
    "2 P2 lock.wait lock\n",
    "P2 asks for lock. P1 holds it, so P2 waits. Deadlock: P1 and P2 wait for each "
    "other." },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n2 P1 lock.release lock\n"
    "2.1 P2 lock.acquire lock\n",
    "P2 gets lock after waiting for 1.1 s." },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n1 P3 lock.wait lock\n"
    "2 P1 lock.release lock\n2 P2 lock.acquire lock\n",
    "P2 gets lock after waiting for 1 s. P3 still waits." },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n2 P1 lock.release lock\n"
    "2 P1 lock.acquire lock\n",
    "P1 takes lock. P2 still waits." },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock ~1\n2 P2 lock.acquire lock !failed "
    "=-1\n",
    "P2 gives up on lock after 1 s: P1 still holds it." },
  { "1 P1 lock.acquire lock\n2 P2 lock.acquire lock !failed =-1\n",
    "P2 does not get lock: P1 holds it." },
  { "2 P2 lock.acquire lock !failed =-6\n",
    "P2 can't get lock: that can't be asked for." },
  { "1 P1 lock.acquire lock\n1.5 P1 lock.release lock\n",
    "P1 releases lock after 0.5 s." },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n1.85 P1 lock.release lock\n",
    "P1 releases lock. P2 has waited for 0.85 s and can go on." },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n1 P3 lock.wait lock\n"
    "2 P1 lock.release lock\n",
    "P1 releases lock. P2 and P3 wait; one of them can go on." },
  { "1 P1 lock.acquire lock\n2 P2 lock.release lock\n",
    "P2 releases lock, which P1 held." },
  { "1 P1 lock.release lock !failed =-8\n", "P1 can't release lock: nobody holds it." },
  { "1 P1 lock.acquire lock\n1 P1 process.end =-9\n2 P1 lock.abandon lock\n",
    "lock stays locked: P1 ended while it held it." },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n1 P1 process.end =-9\n"
    "2 P1 lock.abandon lock\n",
    "lock stays locked: P1 ended while it held it. P2 waits for it in vain." },
};

static const Case message_cases[] = {
  { "1 main queue.put results \"'hello'\"\n",
    "main puts “hello” into results. It holds 1 message now." },
  { "1 main queue.put results \"1\"\n2 main queue.put results \"[1, 'a']\"\n",
    "main puts [1, 'a'] into results. It holds 2 messages now." },
  { "1 P2 queue.get-wait results\n1.3 main queue.put results \"5\"\n",
    "main puts 5 into results. It holds 1 message now. P2 has waited for 0.3 s and can "
    "go on." },
  { "1 main queue.put small \"1\"\n2 P1 queue.put-wait small\n",
    "P1 wants to put a message into small, but it is full: it holds 1 of 1. P1 "
    "waits." },
  { "1 P1 queue.put-wait small ~1\n1.5 P1 queue.put small \"1\"\n",
    "P1 puts 1 into small after waiting for 0.5 s. It holds 1 message now." },
  { "1 P1 queue.put small !failed =-3\n",
    "P1 can't put a message into small: it is full." },
  { "1 P1 queue.put-wait small ~1\n2 P1 queue.put small !failed =-3\n",
    "P1 gives up putting a message into small after 1 s: it is full." },
  { "1 P2 queue.get-wait results\n",
    "P2 wants a message from results, but it is empty. P2 waits." },
  { "1 P2 queue.get-wait results ~0.5\n",
    "P2 wants a message from results, but it is empty. P2 waits, for at most 0.5 s." },
  { "1 main queue.put results \"1\"\n2 P2 queue.get-wait results\n",
    "P2 wants a message from results and waits for its turn." },
  { "1.0 main queue.put results \"'hello'\"\n1.3 P2 queue.get results\n",
    "P2 takes “hello” from results, which main put there 0.3 s ago." },
  { "1 P2 queue.put results \"1\"\n1 P2 queue.put results \"2\"\n2 P2 queue.get "
    "results\n",
    "P2 takes 1 from results, which it put there 1 s ago. 1 message is left." },
  { "1 P1 queue.get-wait results\n2 main queue.put results \"1\"\n2 P1 queue.get "
    "results\n",
    "P1 takes 1 from results, which main put there 0 ns ago. P1 had waited for 1 s." },
  { "1 P1 queue.get results main =9 \"7\"\n",
    "P1 takes 7 from results, which main put "
    "there." },
  { "1 main queue.put small \"1\"\n1 P1 queue.put-wait small\n2 P2 queue.get small\n",
    "P2 takes 1 from small, which main put there 1 s ago. P1 has waited for 1 s and "
    "can "
    "go on." },
  { "1 P1 queue.get results !failed =-2\n",
    "P1 gets nothing from results: it is "
    "empty." },
  { "1 P1 queue.get-wait results ~1\n2 P1 queue.get results !failed =-2\n",
    "P1 gives up on results after 1 s: it is empty." },
  { "1 P1 queue.close results\n",
    "P1 closes results: it puts nothing into it and gets nothing from it any more." },
  { "1 P1 pipe.send-wait pipe.1\n",
    "P1 wants to send through pipe, but it is full. P1 waits." },
  { "1 main pipe.send pipe.1 \"'hi'\"\n", "main sends “hi” through pipe." },
  { "1 P1 pipe.recv-wait pipe.2\n1.5 main pipe.send pipe.1 \"1\"\n",
    "main sends 1 through pipe. P1 has waited for 0.5 s and can go on." },
  { "1 main pipe.send pipe.1 !failed =-13\n",
    "main can't send through pipe: nobody can receive it." },
  { "1 P1 pipe.recv-wait pipe.2\n",
    "P1 waits for a message from pipe: none is there yet." },
  { "1 P1 pipe.send pipe.2 \"1\"\n2 P1 pipe.recv-wait pipe.2\n",
    "P1 waits for a message from pipe: none is there yet." },
  { "1 P1 pipe.send pipe.2 \"1\"\n2 main pipe.recv-wait pipe.1 ~1\n",
    "main waits for a message from pipe, for at most 1 s." },
  { "1.00 P1 pipe.send pipe.2 \"1\"\n1.01 main pipe.recv pipe.1\n",
    "main receives 1 through pipe, which P1 sent 10 ms ago." },
  { "1 main pipe.recv pipe.1 !failed =-4\n",
    "main receives nothing from pipe: the other end is closed." },
  { "1 P2 process.end\n1 P3 process.end\n1 P1 pipe.recv-wait pipe.2\n"
    "2 main pipe.recv-wait pipe.1\n",
    "main waits for a message from pipe: none is there yet. Deadlock: main and P1 wait "
    "for each other." },
  { "1 P2 process.end\n1 P3 process.end\n1 P1 pipe.recv-wait pipe.2\n"
    "2 main pipe.close pipe.1\n",
    "main closes its copy of end 1 of pipe. Deadlock: P1 waits for itself." },
  { "1 main pipe.close pipe.1\n", "main closes its copy of end 1 of pipe." },
};

static const Case shared_cases[] = {
  { "1 main value.write counter =0\n", "main sets counter to 0." },
  { "1 main value.write counter =0\n2 P1 value.write counter =1\n",
    "P1 sets counter to 1. It was 0." },
  { "1 P1 value.read counter =3\n", "P1 reads counter: it is 3." },
  { "1 main value.write counter =0\n1 P1 value.read counter =0\n"
    "1 P2 value.read counter =0\n2 P2 value.write counter =1\n"
    "3 P1 value.write counter =1\n",
    "P1 sets counter to 1. P2 had set it to 1 after P1 read it: P2's update is lost." },
  { "1 main value.write counter =0\n1 P1 value.read counter =0\n"
    "2 P1 value.write counter =1\n3 P1 value.write counter =2\n",
    "P1 sets counter to 2. It was 1." },
  { "1 P3 value.write names \"['a']\"\n", "names is ['a'] now." },
  { "1 P3 value.read counter !failed =-10\n",
    "P3 can't use counter: it is of another type." },
  { "1 main pool.submit pool =1 \"9\"\n",
    "main submits task 1 to pool. The argument is 9." },
  { "1 main pool.submit pool =1\n", "main submits task 1 to pool." },
  { "1 main pool.submit pool !failed =-5\n",
    "main can't submit a task to pool: it is closed." },
  { "1 P1 pool.task-wait pool\n",
    "P1 has nothing to do and waits for a task from pool." },
  { "1 main pool.submit pool =1 \"9\"\n1.2 P1 pool.begin pool main =1 \"9\"\n",
    "P1 begins task 1 of pool. main submitted it 0.2 s ago. The argument is 9." },
  { "1 P1 pool.begin pool main =1\n", "P1 begins task 1 of pool." },
  { "1 P1 pool.begin pool main =1 \"9\"\n2 P1 pool.done pool main =1 \"81\"\n",
    "P1 finishes task 1 of pool after 1 s. The result is 81." },
  { "1 P1 pool.begin pool main =4 \"9\"\n2 P1 pool.done pool main !failed =-16\n",
    "P1 could not do task 4 of pool: the function has failed." },
  { "1 main pool.submit pool =1\n1 main pool.submit pool =2\n2 main pool.result-wait "
    "pool\n",
    "main waits for results from pool: 2 tasks are not done yet." },
  { "1 main pool.result-wait pool ~3\n",
    "main waits for results from pool, for at most 3 s." },
  { "1 main pool.result pool P1 =1 \"81\"\n",
    "main gets the result of task 1 from pool: 81." },
  { "1 main pool.result-wait pool ~1\n2 main pool.result pool !failed =-1\n",
    "main gives up waiting for results from pool after 1 s." },
  { "1 main pool.result pool !failed =-15\n",
    "main gets no result from pool: its worker has died." },
  { "1 main pool.close pool\n", "main closes pool, which takes no more tasks." },
  { "1 main pool.terminate pool\n",
    "main terminates pool, whose workers are ended at once." },
  { "1 P1 manager.call names P3 =1 \"append ('a')\"\n",
    "P1 calls names.append ('a'). P3 has to do it, so P1 waits." },
  { "1 P1 manager.call names P3 =1 \"x ()\"\n1 P3 manager.serve names P1 =1 \"x ()\"\n"
    "2 P2 manager.call names P3 =2 \"y ()\"\n",
    "P2 calls names.y (). P3 has to do it, so P2 waits; it still serves P1." },
  { "1 P1 manager.call names P3 !failed =-4\n",
    "P1 calls names. It can't be reached: the other end is closed." },
  { "1 P3 manager.serve-wait names\n",
    "P3 has nothing to do and waits for a call to names." },
  { "1 P3 manager.serve names P1 =1 \"append ('a')\"\n",
    "P3 carries out names.append ('a') for P1." },
  { "1 P1 manager.call names P3 =1 \"x ()\"\n1.04 P1 manager.reply names P3 =1 "
    "\"None\"\n",
    "P1 gets the answer to names.x () after 40 ms." },
  { "1 P1 manager.reply names P3 =1 \"['a']\"\n",
    "P1 gets the answer to a call of names: ['a']." },
  { "1 P1 manager.call names P3 =1 \"x ()\"\n2 P1 manager.reply names P3 !failed =-4\n",
    "P1 gets no answer to names.x () after 1 s: the other end is closed." },
  { "1 P1 manager.call names P3 =1 \"pop (9)\"\n2 P1 manager.reply names P3 !failed "
    "=-12\n",
    "P1 gets an error as the answer to names.pop (9) after 1 s: there is no such "
    "place." },
};

typedef struct
{
  const Case *cases;
  gsize n;
} Group;

static const Group groups[] = {
  { run_cases, G_N_ELEMENTS (run_cases) },
  { process_cases, G_N_ELEMENTS (process_cases) },
  { lock_cases, G_N_ELEMENTS (lock_cases) },
  { message_cases, G_N_ELEMENTS (message_cases) },
  { shared_cases, G_N_ELEMENTS (shared_cases) },
};

static void
test_group (gconstpointer data)
{
  const Group *group = data;

  for (gsize i = 0; i < group->n; i++)
    {
      g_autofree char *script = g_strconcat (BEGIN, group->cases[i].script, NULL);
      g_autoptr (PnModel) model = pn_sample_model (script);
      g_autofree char *sentence
          = pn_model_dup_sentence (model, pn_model_get_n_events (model) - 1);

      g_assert_cmpstr (sentence, ==, group->cases[i].sentence);
    }
}

/* No kind of event is without a case here. */
static void
test_every_kind_has_a_case (void)
{
#define X(symbol, number, name) " " name,
  static const char *const kinds[] = { PN_KINDS (X) };
#undef X

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      gboolean found = FALSE;

      for (gsize g = 0; g < G_N_ELEMENTS (groups); g++)
        for (gsize i = 0; i < groups[g].n; i++)
          found |= strstr (groups[g].cases[i].script, kinds[k]) != NULL;
      g_test_message ("%s", kinds[k]);
      g_assert_true (found);
    }
}

static void
check_plain (PnModel *model, gsize index)
{
  g_autofree char *sentence = pn_model_dup_sentence (model, index);
  g_autofree char *verdict = pn_model_dup_verdict (model, index);
  const char *const texts[] = { sentence, verdict };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_true (g_utf8_validate (texts[i], -1, NULL));
      g_assert_true (g_str_has_suffix (texts[i], "."));
      g_assert_cmpint (g_utf8_strlen (texts[i], -1), <, 800);
      for (const char *at = texts[i]; *at != '\0'; at = g_utf8_next_char (at))
        {
          gunichar c = g_utf8_get_char (at);

          g_assert_false (g_unichar_iscntrl (c));
          g_assert_false (c >= 0x202a && c <= 0x202e);
          g_assert_false (c >= 0x2066 && c <= 0x2069);
        }
    }
}

/* One line of plain text that ends, whatever the names and the order of events. */
static void
test_plain_text_whatever_comes (void)
{
  GBytes *const streams[] = { pn_sample_hostile (), pn_random_stream (5, 8000) };

  for (gsize s = 0; s < G_N_ELEMENTS (streams); s++)
    {
      g_autoptr (PnModel) model = pn_sample_model_take (streams[s]);

      for (gsize i = 0; i < pn_model_get_n_events (model); i++)
        {
          gsize cause = pn_model_get_cause (model, i);

          check_plain (model, i);
          g_assert_true (cause == PN_EVENT_OPEN || cause < i);
        }
    }
}

/* The sentence of an event does not depend on which were asked for before. */
static void
test_any_order (void)
{
  g_autoptr (PnModel) model = pn_sample_model_take (pn_sample_generated (9000));
  gsize n = pn_model_get_n_events (model);
  g_autoptr (GPtrArray) forward = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (forward, pn_model_dup_sentence (model, i));
  for (gsize i = n; i-- > 0; i -= MIN (i, 611))
    {
      g_autofree char *sentence = pn_model_dup_sentence (model, i);

      g_assert_cmpstr (sentence, ==, g_ptr_array_index (forward, i));
    }
}

/* The last event of a script, and how many events before it its cause stands. */
static const struct
{
  const char *script;
  gsize before; /* 0: no cause */
} causes[] = {
  { "1 main process.start P4\n1 main sleep.begin\n2 P4 process.begin\n", 2 },
  { "1 P1 process.exit\n1 P1 process.end\n", 1 },
  { "1 main process.signal P1 =9\n1 main sleep.begin\n2 P1 process.end =-9\n", 2 },
  { "1 main process.signal P1 =9\n2 P1 process.end =-11\n", 0 },
  { "1 P1 process.end\n1 main sleep.begin\n2 main process.join P1\n", 2 },
  { "1 P1 process.stop\n2 P1 process.continue\n", 1 },
  { "1 P1 sleep.begin\n1 P2 sleep.begin\n2 P1 sleep.end\n", 2 },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n", 1 },
  { "1 P1 lock.acquire lock\n1 P1 sleep.begin\n2 P1 lock.release lock\n", 2 },
  { "1 P1 lock.acquire lock\n1 P2 lock.wait lock\n1 P1 lock.release lock\n"
    "2 P2 lock.acquire lock\n",
    1 },
  { "1 P1 lock.acquire lock\n1 P1 lock.release lock\n2 P2 lock.acquire lock\n", 0 },
  { "1 P2 lock.wait lock ~1\n1 P1 sleep.begin\n2 P2 lock.acquire lock !failed =-1\n",
    2 },
  { "1 P1 queue.put results \"1\"\n1 P1 queue.put results \"2\"\n2 main queue.get "
    "results\n",
    2 },
  { "1 P1 pipe.send pipe.2 \"1\"\n1 P1 sleep.begin\n2 main pipe.recv pipe.1\n", 2 },
  { "1 P1 value.write counter =1\n1 P2 sleep.begin\n2 main value.read counter =1\n",
    2 },
  { "1 main pool.submit pool =1\n1 main sleep.begin\n2 P1 pool.begin pool main =1\n",
    2 },
  { "1 P1 pool.begin pool main =1\n1 P1 sleep.begin\n2 P1 pool.done pool main =1\n",
    2 },
  { "1 P1 pool.done pool main =1\n1 P1 sleep.begin\n2 main pool.result pool P1 =1\n",
    2 },
  { "1 P1 manager.call names P3 =1\n1 P2 sleep.begin\n2 P3 manager.serve names P1 =1\n",
    2 },
  { "1 P1 manager.call names P3 =1\n1 P3 manager.serve names P1 =1\n"
    "2 P1 manager.reply names P3 =1\n",
    1 },
  { "1 P1 manager.call names P3 =1\n1 P3 manager.serve names P1 =1\n"
    "1 P2 manager.call names P3 =2\n1 P3 manager.serve names P2 =2\n"
    "2 P1 manager.reply names P3 =1\n",
    3 },
  { "1 P1 output.line \"x\"\n", 0 },
};

static void
test_causes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (causes); i++)
    {
      g_autofree char *script = g_strconcat (BEGIN, causes[i].script, NULL);
      g_autoptr (PnModel) model = pn_sample_model (script);
      gsize last = pn_model_get_n_events (model) - 1;
      gsize cause = pn_model_get_cause (model, last);

      g_test_message ("%s", causes[i].script);
      if (causes[i].before == 0)
        g_assert_cmpuint (cause, ==, PN_EVENT_OPEN);
      else
        g_assert_cmpuint (cause, ==, last - causes[i].before);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sentence/run", &groups[0], test_group);
  g_test_add_data_func ("/sentence/process", &groups[1], test_group);
  g_test_add_data_func ("/sentence/lock", &groups[2], test_group);
  g_test_add_data_func ("/sentence/message", &groups[3], test_group);
  g_test_add_data_func ("/sentence/shared", &groups[4], test_group);
  g_test_add_func ("/sentence/every-kind-has-a-case", test_every_kind_has_a_case);
  g_test_add_func ("/sentence/plain-text", test_plain_text_whatever_comes);
  g_test_add_func ("/sentence/any-order", test_any_order);
  g_test_add_func ("/model/causes", test_causes);
  return g_test_run ();
}
