/* The lease of a home, and how the next one waits it out.
 *
 * Time passes in ticks for all at once; nobody knows what tick it is, only how
 * many passed between two events of its own (rates that differ are covered by
 * the margin that lease.hpp and the rule add; here they are equal). Messages
 * take any time, are lost and repeated; the old home may stand still as long
 * as it likes. Whoever holds a lease serves reads from its own memory, so no
 * two may at one tick.
 *
 * Node 0 is home in epoch 1, node 1 in epoch 2, node 2 holds the region too.
 * Each -DWRONG_… leaves one guard out, and must be found.
 */

#ifndef TICKS
#define TICKS 5
#endif
#define LEASE 2
#define N 3
#define NEVER 255

byte now = 0;
byte wall_0 = 0; /* the wall clock of node 0, which somebody may set */
bool set_back = false;

bool beating[N];  /* a beat to it is on its way */
byte asked[N];    /* when that was sent, by the clock of node 0 */
bool answering[N]; /* its answer is on its way */
byte answer_to[N];

bool has_answer[N]; /* the home's: the latest beat that it answered */
byte answered[N];

byte lease_end = 0; /* of node 0, by its own clock; 0: none yet */
bool deposed = false; /* node 0 has promised epoch 2 */

bool promised[N];   /* epoch 2 */
byte granted[N] = NEVER; /* when it answered a beat last */
byte ready[N] = NEVER; /* node 1: when what that granted is over; NEVER: unheard */
bool proven = false; /* node 0 is dead, and node 1 knows */
bool dead = false;
bool serves = false; /* node 1 */

byte n;

#ifdef WRONG_WALL_CLOCK
#define clock_0 wall_0
#define tick_wall() wall_0++
#else
#define clock_0 now
#define tick_wall() skip
#endif

/* Both serve reads, each believing that nobody else does. */
#define old_serves (!dead && !deposed && lease_end > 0 && clock_0 <= lease_end)

#define over(node) (ready[node] != NEVER && (proven || now >= ready[node]))

inline check() {
  assert(!(serves && old_serves))
}

inline renew() {
  /* a majority: itself and one more */
  n = (has_answer[1] -> answered[1] : 0);
  n = (has_answer[2] && answered[2] > n -> answered[2] : n);
#ifdef WRONG_FROM_THE_ANSWER
  lease_end = clock_0 + LEASE;
#else
  lease_end = (n + LEASE > lease_end -> n + LEASE : lease_end);
#endif
  n = 0;
  check()
}

/* What does not matter any more is set to zero, to have fewer states. */
inline forget() {
  for (n : 0 .. N - 1) {
    beating[n] = false;
    asked[n] = 0;
    answering[n] = false;
    answer_to[n] = 0;
    has_answer[n] = false;
    answered[n] = 0
  };
  n = 0;
  lease_end = 0
}

inline promise(node) {
  promised[node] = true;
#ifdef WRONG_NO_WAIT
  ready[node] = now;
#else
  ready[node] = (granted[node] == NEVER -> now : granted[node] + LEASE + 1);
#endif
  granted[node] = NEVER;
  if
  :: node == 0 -> deposed = true; forget()
  :: else
  fi
}

active proctype time() {
  do
  :: d_step { now < TICKS -> now++; tick_wall(); check() }
#ifdef WRONG_WALL_CLOCK
  :: d_step { !set_back && wall_0 > 1 -> set_back = true;
              wall_0 = wall_0 - 2; check() }
#endif
  od
}

active proctype old_home() {
  do
  :: d_step { !dead && !deposed -> beating[1] = true; asked[1] = clock_0 }
  :: d_step { !dead && !deposed -> beating[2] = true; asked[2] = clock_0 }
  :: d_step { !dead && !deposed && answering[1] ->
              has_answer[1] = true; answered[1] = answer_to[1]; renew() }
  :: d_step { !dead && !deposed && answering[2] ->
              has_answer[2] = true; answered[2] = answer_to[2]; renew() }
  :: d_step { !dead -> dead = true; forget() }
  od
}

#ifdef WRONG_BEATS_AFTER_PROMISE
#define may_answer(node) (beating[node])
#else
#define may_answer(node) (beating[node] && !promised[node])
#endif

active proctype holders() {
  do
  :: d_step { may_answer(1) -> answering[1] = true; answer_to[1] = asked[1];
              granted[1] = now }
  :: d_step { may_answer(2) -> answering[2] = true; answer_to[2] = asked[2];
              granted[2] = now }
  :: d_step { !promised[0] && !dead -> promise(0) }
  :: d_step { !promised[1] -> promise(1) }
  :: d_step { !promised[2] -> promise(2) }
  od
}

#ifdef WRONG_ONE_IS_ENOUGH
#define waited_out (promised[1] && over(1))
#else
#define waited_out \
  (promised[1] && ((over(1) && over(2)) || deposed))
#endif

/* Node 1 needs the promises of a majority: its own, and one more. What the old
   home itself promised ends its lease. */
active proctype new_home() {
  do
  :: d_step { dead && !proven -> proven = true }
  :: d_step { !serves && waited_out -> serves = true; check() }
  od
}
