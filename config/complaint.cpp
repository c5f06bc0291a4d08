#include "config/complaint.hpp"

namespace holdfast::config {

std::string complaint::message() const {
  std::string text = file + ":";
  if (line != 0)
    text += std::to_string(line) + ":" + std::to_string(column) + ":";
  if (!path.empty())
    text += " " + path + ":";
  text += " found " + found;
  if (!allowed.empty())
    text += "; allowed: " + allowed;
  if (!hint.empty())
    text += " (" + hint + ")";
  return text;
}

} // namespace holdfast::config
