#include "apps/caf-shell/line_editor.hpp"

#include "apps/caf-shell/completion.hpp"
#include "apps/caf-shell/interrupt.hpp"

#include <histedit.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <filesystem>

namespace holdfast::shell {

namespace {

constexpr int history_lines_max = 1000;

// One character of the terminal; -1 when Ctrl-C came, which libedit's own
// reader does not tell.
int read_character(EditLine*, wchar_t* out) {
  std::mbstate_t state{};
  for (;;) {
    if (!wait_readable(STDIN_FILENO)) {
      errno = EINTR;
      return -1;
    }
    char byte = 0;
    const auto count = ::read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return static_cast<int>(count);
    const auto done = std::mbrtowc(out, &byte, 1, &state);
    if (done == static_cast<std::size_t>(-1)) {
      // Not a character: shown as it is typed, one byte at a time.
      *out = static_cast<unsigned char>(byte);
      return 1;
    }
    if (done != static_cast<std::size_t>(-2))
      return 1;
  }
}

void print_choices(const std::vector<std::string>& choices) {
  std::fputc('\n', stdout);
  for (const auto& each : choices)
    std::printf("%s  ", each.c_str());
  std::fputc('\n', stdout);
}

} // namespace

struct line_editor::library {
  std::string file;
  complete suggest;
  std::string prompt;
  EditLine* editor = nullptr;
  History* history = nullptr;

  static library& of(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<library*>(self);
  }

  static char* current_prompt(EditLine* editor) {
    return of(editor).prompt.data();
  }

  static unsigned char on_tab(EditLine* editor, int) {
    const auto* line = el_line(editor);
    const std::string_view typed{
      line->buffer, static_cast<std::size_t>(line->cursor - line->buffer)};
    const auto choices = of(editor).suggest(typed);
    if (choices.empty())
      return CC_REFRESH_BEEP;
    const auto start = typed.find_last_of(" \t");
    const auto word
      = typed.substr(start == std::string_view::npos ? 0 : start + 1);
    auto addition = shared_start(choices).substr(word.size());
    if (choices.size() == 1 && !choices.front().ends_with('/'))
      addition += ' ';
    if (addition.empty()) {
      print_choices(choices);
      return CC_REDISPLAY;
    }
    el_insertstr(editor, addition.c_str());
    return CC_REFRESH;
  }
};

line_editor::line_editor(std::string history_file, complete suggest)
  : library_{std::make_unique<library>()} {
  library_->file = std::move(history_file);
  library_->suggest = std::move(suggest);
  HistEvent event{};
  library_->history = history_init();
  history(library_->history, &event, H_SETSIZE, history_lines_max);
  history(library_->history, &event, H_SETUNIQUE, 1);
  if (!library_->file.empty())
    history(library_->history, &event, H_LOAD, library_->file.c_str());
  auto* editor = el_init("caf-shell", stdin, stdout, stderr);
  library_->editor = editor;
  el_set(editor, EL_CLIENTDATA, library_.get());
  el_set(editor, EL_PROMPT, library::current_prompt);
  el_set(editor, EL_HIST, history, library_->history);
  el_set(editor, EL_EDITOR, "emacs");
  el_set(editor, EL_ADDFN, "complete-word", "completes the word",
         library::on_tab);
  el_set(editor, EL_BIND, "^I", "complete-word", nullptr);
  el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_set(editor, EL_GETCFN, read_character);
  // The person's own bindings, if there are any.
  el_source(editor, nullptr);
}

line_editor::~line_editor() {
  HistEvent event{};
  if (!library_->file.empty()) {
    const auto mask = ::umask(077);
    history(library_->history, &event, H_SAVE, library_->file.c_str());
    ::umask(mask);
  }
  el_end(library_->editor);
  history_end(library_->history);
}

std::optional<std::string> line_editor::read(std::string prompt) {
  library_->prompt = std::move(prompt);
  for (;;) {
    forget_interrupt();
    int count = 0;
    const auto* typed = el_gets(library_->editor, &count);
    if (interrupted()) {
      std::fputs("^C\n", stdout);
      el_reset(library_->editor);
      continue;
    }
    if (typed == nullptr || count <= 0)
      return std::nullopt;
    std::string line{typed, static_cast<std::size_t>(count)};
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
      line.pop_back();
    HistEvent event{};
    if (line.find_first_not_of(" \t") != std::string::npos)
      history(library_->history, &event, H_ENTER, line.c_str());
    return line;
  }
}

std::string history_file() {
  const auto* state = std::getenv("XDG_STATE_HOME");
  const auto* home = std::getenv("HOME");
  std::filesystem::path folder;
  if (state != nullptr && *state != '\0')
    folder = state;
  else if (home != nullptr && *home != '\0')
    folder = std::filesystem::path{home} / ".local" / "state";
  else
    return {};
  folder /= "holdfast";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  return error ? std::string{} : (folder / "history").string();
}

} // namespace holdfast::shell
