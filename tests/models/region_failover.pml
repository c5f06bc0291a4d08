/* A region and its homes: who may take which value over.
 *
 * Three holders of one variable, the catalog that decides (home, epoch) by
 * comparing the old epoch, and a network that loses, repeats, delays and
 * reorders: a message stays on its way until a newer one of its kind replaces
 * it, and may be received at any time, often or never. Any node may stop for
 * good or for a while (it is not chosen), or start again with empty memory.
 *
 * A value is the set of the writes that led to it, so that "holds what was
 * promised" is a subset. Its name is its stamp: the epoch it was stored in,
 * and its version.
 *
 * The guards are those of actors/rules/region_replica, by the same words:
 *
 *   promised, held      acceptor::promised, holding::epoch
 *   org, ver            stamp::epoch, stamp::version
 *   rep                 report of a promise
 *   hack                follower::acknowledged
 *   settled             placement::settled_epoch
 *
 * Each -DWRONG_… leaves one guard out, and must be found. That an answer counts
 * in its own epoch alone cannot be seen here: with three holders one answer is
 * a majority with the home. The simulation has five.
 */

#ifndef EPOCHS
#define EPOCHS 3
#endif
#ifndef WRITES
#define WRITES 2
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif

#define N 3
#define NONE 0
#define BLANK 1
#define WHOLE 2

/* What a home is doing. */
#define UNAWARE 0
#define COLLECTING 1
#define WRITING 2
#define ACTIVE 3
#define OVER 4

typedef report {
  byte kind; /* NONE, BLANK or WHOLE */
  bit life;
  byte held;
  byte org;
  byte ver;
  byte val
};

typedef ack {
  byte ver;
  bit life
};

typedef delta {
  bool sent;
  byte org;
  byte ver;
  byte val;
  byte to; /* two bits a node: which life of it, plus one; 0: not to it */
};

typedef reign {
  byte home;
  bool anew;    /* took over no values */
  byte doing;
  byte base;    /* what it held when it settled */
  report rep[N];
  byte hack[N];
  ack nack[N];
  delta out
};

/* The catalog. */
byte epoch = 1;
byte settled = 0;

reign r[EPOCHS + 1];

/* The holders. */
byte promised[N];
byte held[N]; /* the epoch in which it was whole; 0: it holds nothing */
byte org[N];
byte ver[N];
byte val[N];
byte seen_epoch[N]; /* what readers there saw last */
bit life[N];

byte restarts = 0;
byte writes = 0;
byte must = 0; /* the writes that somebody was told to be safe, or read */

byte e, n, i, best, rank, best_rank, top;
bool same;

/* What does not matter any more is set to zero, to have fewer states. */
inline forget_values(ep) {
  for (top : 0 .. N - 1) {
    r[ep].rep[top].held = 0;
    r[ep].rep[top].org = 0;
    r[ep].rep[top].ver = 0;
    r[ep].rep[top].val = 0
  };
  top = 0
}

inline end_reign(ep) {
  r[ep].doing = OVER;
  for (top : 0 .. N - 1) {
    r[ep].rep[top].kind = NONE;
    r[ep].rep[top].life = 0;
    r[ep].hack[top] = 0;
    r[ep].nack[top].ver = 0;
    r[ep].nack[top].life = 0
  };
  forget_values(ep)
}

/* No holder takes any more what the homes before have sent. */
inline forget_deltas(below) {
  skip;
#ifndef WRONG_BELOW_PROMISE
  for (i : 1 .. EPOCHS) {
    if
    :: i < below && promised[0] > i && promised[1] > i && promised[2] > i ->
         r[i].out.sent = false;
         r[i].out.org = 0;
         r[i].out.ver = 0;
         r[i].out.val = 0;
         r[i].out.to = 0
    :: else
    fi
  };
  i = 0
#endif
}

inline end_reigns(node, below) {
  for (i : 1 .. EPOCHS) {
    if
    :: (i < below && r[i].home == node && r[i].doing != UNAWARE
       && r[i].doing != OVER) ->
         end_reign(i)
    :: else
    fi
  };
  i = 0
}

inline begin(ep) {
  n = r[ep].home;
  end_reigns(n, ep);
  promised[n] = ep;
  forget_deltas(ep);
  r[ep].doing = COLLECTING;
  r[ep].rep[n].kind = (held[n] > 0 -> WHOLE : BLANK);
  r[ep].rep[n].life = life[n];
  r[ep].rep[n].held = held[n];
  r[ep].rep[n].org = org[n];
  r[ep].rep[n].ver = ver[n];
  r[ep].rep[n].val = val[n]
}

/* The home hears a report after it has adopted: a version that must not come
   back is outnumbered, a value that nobody has overwritten taken over. */
inline late_report(ep, node, at) {
  r[ep].hack[node] = 0;
#ifndef WRONG_NOT_OUTNUMBERED
  if
  :: (r[ep].doing != COLLECTING && ver[node] >= ver[at] && ver[node] > 0
     && (ver[node] != ver[at] || org[node] != org[at])) ->
       if
       :: ver[at] == 0 ->
            org[at] = org[node];
            ver[at] = ver[node];
            val[at] = val[node]
       :: else ->
            org[at] = ep;
            ver[at] = ver[node] + 1
       fi
  :: else
  fi
#endif
}

inline promise(ep, node) {
#ifdef WRONG_PROMISED_IS_ACCEPTED
  held[node] = (held[node] > 0 -> ep : 0);
#endif
  promised[node] = ep;
  end_reigns(node, ep);
  forget_deltas(ep)
}

inline answer(ep, node) {
  r[ep].rep[node].kind = (held[node] > 0 -> WHOLE : BLANK);
  r[ep].rep[node].life = life[node];
  if
  :: r[ep].doing == COLLECTING ->
       r[ep].rep[node].held = held[node];
       r[ep].rep[node].org = org[node];
       r[ep].rep[node].ver = ver[node];
       r[ep].rep[node].val = val[node]
  :: else
  fi;
  late_report(ep, node, r[ep].home)
}

inline adopt(ep) {
  n = r[ep].home;
  best = n;
  best_rank = 0;
  top = 0;
  for (i : 0 .. N - 1) {
    if
    :: r[ep].rep[i].kind != NONE ->
#ifdef WRONG_BY_VERSION_ALONE
         rank = r[ep].rep[i].ver + 1;
#else
         rank = (r[ep].rep[i].held > r[ep].rep[i].org
                  -> r[ep].rep[i].held : r[ep].rep[i].org);
#endif
         top = (r[ep].rep[i].ver > top -> r[ep].rep[i].ver : top);
         if
         :: (rank > best_rank
            || (rank == best_rank && r[ep].rep[i].ver > r[ep].rep[best].ver)) ->
              best = i;
              best_rank = rank
         :: else
         fi
    :: else
    fi
  };
  same = true;
  for (i : 0 .. N - 1) {
    if
    :: (r[ep].rep[i].kind != NONE && r[ep].rep[i].ver == top && top > 0
       && (r[ep].rep[best].ver != top
           || r[ep].rep[i].org != r[ep].rep[best].org)) ->
         same = false
    :: else
    fi
  };
  val[n] = r[ep].rep[best].val;
#ifndef WRONG_NOT_OUTNUMBERED
  org[n] = (same -> r[ep].rep[best].org : ep);
  ver[n] = (same -> r[ep].rep[best].ver : top + 1);
#else
  org[n] = r[ep].rep[best].org;
  ver[n] = r[ep].rep[best].ver;
#endif
  held[n] = ep;
  assert(ver[n] >= r[ep].rep[n].ver); /* readers there see no version return */
  seen_epoch[n] = ep;
  r[ep].doing = WRITING;
  forget_values(ep);
  i = 0; best = 0; best_rank = 0; rank = 0; top = 0; same = false; n = 0
}

#ifdef WRONG_EMPTY_COUNTS
#define counts(ep, node) (r[ep].rep[node].kind != NONE)
#else
#define counts(ep, node) (r[ep].rep[node].kind == WHOLE)
#endif
#define enough_reported(ep) \
  (r[ep].anew || counts(ep, 0) + counts(ep, 1) + counts(ep, 2) >= 2)

#define holds(ep, node) \
  (node == r[ep].home \
   || (r[ep].rep[node].kind != NONE \
       && r[ep].hack[node] == ver[r[ep].home] + 1))
#define held_by_majority(ep) \
  (holds(ep, 0) + holds(ep, 1) + holds(ep, 2) >= 2)
#ifdef WRONG_SERVE_BEFORE_WRITE_BACK
#define written_back(ep) (true)
#else
#define written_back(ep) held_by_majority(ep)
#endif

/* What was promised to somebody in an older epoch is in all later ones. */
inline told(ep) {
  for (i : 1 .. EPOCHS) {
    if
    :: i > ep && i <= settled && r[i].base != 255 ->
         assert((val[r[ep].home] & (r[i].base ^ 255)) == 0)
    :: else
    fi
  };
  i = 0;
  must = must | val[r[ep].home]
}

inline settle(ep) {
  assert((must & (val[r[ep].home] ^ 255)) == 0);
  settled = ep;
  r[ep].base = val[r[ep].home];
  must = must | val[r[ep].home];
  r[ep].doing = ACTIVE
}

#define life_bits(node) ((life[node] + 1) << (2 * (node)))
#define known_bits(ep, node) \
  (r[ep].rep[node].kind == NONE -> 0 \
     : ((r[ep].rep[node].life + 1) << (2 * (node))))

#ifdef WRONG_BELOW_PROMISE
#define may_accept(ep, node) (promised[node] >= ep)
#else
#define may_accept(ep, node) (promised[node] == ep)
#endif
#ifdef WRONG_DELTA_OF_OLDER_LIFE
#define meant_for(ep, node) (true)
#else
#define meant_for(ep, node) \
  ((r[ep].out.to & (3 << (2 * (node)))) == life_bits(node))
#endif
#define ack_of_life(ep, node) (r[ep].nack[node].life == r[ep].rep[node].life)
inline store(ep) {
  n = r[ep].home;
  ver[n] = ver[n] + 1;
  org[n] = ep;
  val[n] = val[n] | (1 << writes);
  writes++;
  n = 0
}

inline send_delta(ep) {
  n = r[ep].home;
  r[ep].out.sent = true;
  r[ep].out.org = org[n];
  r[ep].out.ver = ver[n];
  r[ep].out.val = val[n];
  r[ep].out.to = known_bits(ep, 0) | known_bits(ep, 1) | known_bits(ep, 2);
  n = 0
}

inline name_home(node) {
  epoch++;
  r[epoch].home = node;
  r[epoch].anew = (settled == 0)
}

inline restart(node) {
  restarts++;
  life[node] = 1 - life[node];
  held[node] = 0;
  org[node] = 0;
  ver[node] = 0;
  val[node] = 0;
  seen_epoch[node] = 0;
#ifdef WRONG_PROMISE_FORGOTTEN
  promised[node] = 0;
#else
  promised[node] = epoch; /* the tables name it in its new life */
#endif
  for (i : 1 .. EPOCHS) {
    if
#ifdef WRONG_RESTARTED_HOME_GOES_ON
    :: i <= epoch && r[i].home == node && r[i].doing == ACTIVE ->
         held[node] = i
    :: i <= epoch && r[i].home == node && r[i].doing != ACTIVE ->
#else
    :: i <= epoch && r[i].home == node ->
#endif
         end_reign(i)
    :: else
    fi
  };
  forget_deltas(epoch);
  i = 0
}

inline accept(ep, node) {
  if
  :: held[node] < ep || r[ep].out.ver > ver[node] ->
       assert(ep >= seen_epoch[node]);
       assert(r[ep].out.ver >= ver[node]
              && (r[ep].out.ver > ver[node] || r[ep].out.val == val[node]));
       org[node] = r[ep].out.org;
       ver[node] = r[ep].out.ver;
       val[node] = r[ep].out.val;
       held[node] = ep;
       seen_epoch[node] = ep
  :: else
  fi;
  if
  :: r[ep].doing == OVER
  :: else ->
       r[ep].nack[node].ver = ver[node] + 1;
       r[ep].nack[node].life = life[node]
  fi
}

#define reigns(ep) (r[ep].doing == WRITING || r[ep].doing == ACTIVE)

/* Names a new home, whatever it takes the old one for. */
proctype catalog() {
  do
  :: d_step { epoch < EPOCHS -> name_home(0) }
  :: d_step { epoch < EPOCHS -> name_home(1) }
  /* 1 and 2 are alike until one of them is named. */
  :: d_step { epoch > 1 && epoch < EPOCHS -> name_home(2) }
  :: d_step { restarts < RESTARTS -> restart(0) }
  :: d_step { restarts < RESTARTS -> restart(1) }
  :: d_step { restarts < RESTARTS -> restart(2) }
  od
}

proctype reigning(byte ep) {
  do
  :: d_step { (ep <= epoch && r[ep].doing == UNAWARE
              && promised[r[ep].home] < ep) -> begin(ep); n = 0 }
  :: d_step { r[ep].doing == COLLECTING && enough_reported(ep) -> adopt(ep) }
  :: d_step { reigns(ep) -> send_delta(ep) }
  :: d_step { r[ep].doing == WRITING && epoch == ep && written_back(ep)
              -> settle(ep) }
#ifdef WRONG_ACTIVE_BEFORE_SETTLED
  :: d_step { r[ep].doing == WRITING && held_by_majority(ep)
              -> told(ep); r[ep].doing = ACTIVE }
#endif
  :: d_step { r[ep].doing == ACTIVE && writes < WRITES -> store(ep) }
  :: d_step { r[ep].doing == ACTIVE && held_by_majority(ep) -> told(ep) }
  od
}

#define may_ask(ep, node) \
  (r[ep].doing != UNAWARE && r[ep].doing != OVER \
   && (promised[node] < ep \
       || (promised[node] == ep \
           && (r[ep].rep[node].kind == NONE \
               || r[ep].rep[node].life != life[node]))))

/* Between the home of an epoch and another holder. What is on its way arrives,
   whoever sent it. */
proctype link(byte ep; byte node) {
  do
  :: d_step { node != r[ep].home && may_ask(ep, node)
              -> promise(ep, node); answer(ep, node) }
  :: d_step { node != r[ep].home && may_ask(ep, node) && promised[node] < ep
              -> promise(ep, node) /* and the answer is lost */ }
  :: d_step { (r[ep].out.sent && node != r[ep].home && may_accept(ep, node)
              && meant_for(ep, node)) -> accept(ep, node) }
  :: d_step { (node != r[ep].home && reigns(ep)
              && r[ep].nack[node].ver > r[ep].hack[node]
              && ack_of_life(ep, node))
              -> r[ep].hack[node] = r[ep].nack[node].ver }
  od
}

init {
  atomic {
    r[1].home = 0;
    r[1].anew = true;
    for (e : 1 .. EPOCHS) {
      r[e].base = 255;
      run reigning(e);
      for (n : 0 .. N - 1) {
        run link(e, n)
      }
    };
    e = 0;
    n = 0;
    run catalog()
  }
}
