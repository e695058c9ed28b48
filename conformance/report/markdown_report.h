// MarkdownReport: a run as a summary in GitHub's Markdown, for a job's page: the verdict, what is
// otherwise than in the baseline, what failed and how to run it again. Nothing that a subject, a
// server or a payload says can become markup. Pure functions.
//
//   write_text_file(path, markdown_report(run, redactor));
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "conformance/report/redactor.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {

// GitHub takes 1 MiB of a step; what is more, it refuses altogether.
inline constexpr std::size_t kMostMarkdown = 1024 * 1024;

// At most `most` bytes: what does not fit is left out, and a line says so. Ends with a newline.
std::string markdown_report(const RunSummary& run, const Redactor& redactor,
                            std::size_t most = kMostMarkdown);

// The text within a line of Markdown, for a table's cell, too: it is one line, and no markup.
std::string markdown_text(std::string_view text);

// The text as a block of code, as it is; `language`: "sh", or none. Ends with a newline.
std::string markdown_block(std::string_view text, std::string_view language = "");

}  // namespace terapi::conformance
