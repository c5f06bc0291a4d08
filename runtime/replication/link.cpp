#include "runtime/replication/link.hpp"

#include "config/region_bounds.hpp"

#include <algorithm>
#include <cstring>

namespace holdfast::runtime {

namespace {

using boost::system::error_code;

std::size_t bytes_of(const std::vector<char>& content) {
  return replication_head_bytes + content.size();
}

} // namespace

replication_link::replication_link(replication_place to,
                                   replication_bounds bounds, hooks tell)
  : to_{std::move(to)},
    bounds_{bounds},
    tell_{std::move(tell)},
    read_(replication_head_bytes + bounds.content_bytes_max) {
  // nop
}

void replication_link::send(region_packet packet) {
  const auto bytes = bytes_of(packet.content);
  if (waiting_bytes_ + bytes > bounds_.waiting_bytes_max)
    return;
  waiting_bytes_ += bytes;
  waiting_.push_back({pack_head(packet), std::move(packet.content)});
  write();
}

std::vector<replication_link::frame> replication_link::take_waiting() {
  std::vector<frame> taken;
  std::size_t bytes = 0;
  while (!waiting_.empty() && taken.size() < config::replication_frames_at_once
         && bytes < config::replication_bytes_at_once) {
    bytes += bytes_of(waiting_.front().content);
    taken.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  return taken;
}

void replication_link::write() {
  if (!stream_ || !flying_.empty() || waiting_.empty())
    return;
  flying_ = take_waiting();
  std::vector<boost::asio::const_buffer> buffers;
  buffers.reserve(2 * flying_.size());
  for (const auto& each : flying_) {
    buffers.push_back(boost::asio::buffer(each.head));
    buffers.push_back(boost::asio::buffer(each.content));
  }
  stream_->write(buffers, [self = shared_from_this(), stream = stream_](
                            const error_code& error, std::size_t) {
    if (self->stream_ != stream)
      return;
    if (error)
      return self->lose(error.message());
    self->flying_.clear();
    self->write();
  });
}

void replication_link::run_on(std::shared_ptr<replication_stream> stream) {
  if (stream_)
    stream_->close();
  stream_ = std::move(stream);
  flying_.clear(); // what of them arrived is not known
  read_bytes_ = 0;
  read();
  write();
}

void replication_link::read() {
  const auto room = boost::asio::buffer(read_.data() + read_bytes_,
                                        read_.size() - read_bytes_);
  stream_->read_some(room, [self = shared_from_this(), stream = stream_](
                             const error_code& error, std::size_t bytes) {
    if (self->stream_ != stream)
      return;
    if (error)
      return self->lose(error.message());
    self->on_read(bytes);
  });
}

void replication_link::on_read(std::size_t bytes) {
  read_bytes_ += bytes;
  const auto stream = stream_;
  const bool sound = take_frames();
  if (stream_ != stream)
    return;
  if (sound)
    read();
  else
    lose("what it sent is no frame");
}

/// False if something there is no frame. The rest of the last one stays.
bool replication_link::take_frames() {
  const auto stream = stream_;
  std::size_t at = 0;
  while (read_bytes_ - at >= replication_head_bytes) {
    auto start = unpack_head({read_.data() + at, replication_head_bytes},
                             bounds_.content_bytes_max);
    if (!start)
      return false;
    const auto whole = replication_head_bytes + start->content_bytes;
    if (read_bytes_ - at < whole)
      break;
    auto& packet = start->packet;
    packet.from = to_.node;
    packet.incarnation = to_.incarnation;
    const auto* content = read_.data() + at + replication_head_bytes;
    packet.content.assign(content, content + start->content_bytes);
    at += whole;
    tell_.arrived(std::move(packet));
    if (stream_ != stream)
      return true; // that ended it
  }
  read_bytes_ -= at;
  std::memmove(read_.data(), read_.data() + at, read_bytes_);
  return true;
}

void replication_link::lose(const std::string& why) {
  stream_->close();
  stream_ = nullptr;
  flying_.clear();
  tell_.lost(why);
}

void replication_link::close() {
  tell_.arrived = [](region_packet) {};
  tell_.lost = [](const std::string&) {};
  if (stream_)
    lose({});
  waiting_.clear();
  waiting_bytes_ = 0;
}

} // namespace holdfast::runtime
