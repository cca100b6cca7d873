#include "core/export/report.h"

#include <charconv>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/export/report_parts.h"

namespace quantwright {

std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t place = text.size(); place > first + 3; place -= 3)
        text.insert(place - 3, ",");
    return text;
}

std::string fixed(double number, int decimals) {
    char text[64];
    const auto written = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, decimals);
    return written.ec == std::errc() ? std::string(text, written.ptr) : std::string("?");
}

std::string precision_text(const ReportLayer& layer, const Translate& translate) {
    if (layer.kept_float_code.empty())
        return layer.format;
    return translate(layer.kept_float_code.c_str());
}

std::string severity_text(const std::string& severity, const Translate& translate) {
    return translate(severity.c_str());
}

std::string report_html_text(const Report& report, const Translate& translate) {
    return report_html(report, translate);
}

Result<ReportFiles> write_report(const Report& report, const std::filesystem::path& folder,
                                 const Translate& translate) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::output_unwritable, folder.string(), error.message());
    const ReportFiles files{folder / "report.html", folder / "report.md", folder / "report.csv",
                            folder / "report.json"};
    AtomicFiles pending;
    for (const auto& [path, text] : {std::pair{files.html, report_html(report, translate)},
                                     {files.markdown, report_markdown(report, translate)},
                                     {files.csv, report_csv(report)},
                                     {files.json, to_text(report.json)}})
        if (auto added = pending.add(path, text); !added)
            return fail(added);
    if (auto done = pending.commit(); !done)
        return fail(done);
    return files;
}

}  // namespace quantwright
