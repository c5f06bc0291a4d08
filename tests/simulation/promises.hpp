// What nodes promise by what they say, held against what is on their disks.
//
// Whatever a node has said, it must be able to say again after a crash: so its
// disk tells whether it may. Knows messages and disks, never why something was
// said: the same for any core.
#pragma once

#include "actors/consensus/messages.hpp"

#include <map>
#include <string>

namespace holdfast::simulation {

class promises {
public:
  /// A message leaves a node whose disk is `disk`: what is wrong with it;
  /// empty: nothing.
  std::string says(const consensus::message& said,
                   const consensus::stored_log& disk);

private:
  using log_of_terms = std::map<consensus::log_index, consensus::term_number>;

  void leads(const consensus::append_request& said);
  void leads(const consensus::install_request& said);
  std::string holds(const consensus::append_result& said,
                    const consensus::stored_log& disk) const;

  /// By term of the leader: what its log was heard to hold.
  std::map<consensus::term_number, log_of_terms> led_;
};

/// Of the last entry on it, or of the snapshot if there is none after it.
consensus::log_index last_on(const consensus::stored_log& disk);
consensus::term_number last_term_on(const consensus::stored_log& disk);

/// 0: not known there.
consensus::term_number term_on(const consensus::stored_log& disk,
                               consensus::log_index index);

} // namespace holdfast::simulation
