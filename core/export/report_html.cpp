// The report as one HTML file without scripts or links to anywhere.
#include <algorithm>

#include "core/export/report_parts.h"

namespace quantwright {

namespace {

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\'':
                result += "&#39;";
                break;
            default:
                result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return result;
}

constexpr const char* k_style = R"(
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --text: #1c2530; --faint: #5c6875; --line: #dde2e8;
  --heat: 214, 93, 14; --error: #b3261e; --warning: #9a5b00; --info: #2b63b5; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --card: #1c2229; --text: #e4e8ed; --faint: #98a4b1; --line: #323b45;
  --heat: 235, 120, 40; --error: #ff8a80; --warning: #f2b35d; --info: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
main { max-width: 72rem; margin: 0 auto; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
.subject { color: var(--faint); margin: 0 0 1.5rem; overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1px; margin: 0; background: var(--line); }
dl div { background: var(--card); padding: .7rem 1rem; }
dt { color: var(--faint); font-size: .85rem; } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .8rem; text-align: left; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--faint); font-weight: 600; font-size: .85rem; white-space: nowrap; }
td.name { overflow-wrap: anywhere; min-width: 12rem; } .number { text-align: right; white-space: nowrap; }
td.float { color: var(--faint); }
td.heat { background: rgba(var(--heat), calc(var(--level) * .6)); }
ul { list-style: none; margin: 0; padding: .4rem 1rem; } li { padding: .35rem 0; overflow-wrap: anywhere; }
li b.error { color: var(--error); } li b.warning { color: var(--warning); } li b.info { color: var(--info); }
.picture svg { display: block; width: 100%; height: auto; padding: .5rem; }
.note { color: var(--faint); font-size: .9rem; margin: .5rem 0 0; }
@media print { body { background: none; padding: 0; } .card { border-color: #999; } }
)";

struct Spread {
    double low = 0, high = 0;
};

Spread snr_spread(const std::vector<ReportLayer>& layers) {
    Spread spread;
    bool any = false;
    for (const ReportLayer& layer : layers)
        if (layer.snr_db_alone) {
            spread.low = any ? std::min(spread.low, *layer.snr_db_alone) : *layer.snr_db_alone;
            spread.high = any ? std::max(spread.high, *layer.snr_db_alone) : *layer.snr_db_alone;
            any = true;
        }
    return spread;
}

/// The number, on a ground that is the stronger the lower the SNR; 1 for the most sensitive layer.
std::string heat_cell(const ReportLayer& layer, const Spread& spread) {
    if (!layer.snr_db_alone)
        return "<td class=\"number\"></td>";
    const double width = spread.high - spread.low;
    const double level = width > 0 ? (spread.high - *layer.snr_db_alone) / width : 0;
    return "<td class=\"number heat\" style=\"--level:" + fixed(level, 3) + "\">" +
           fixed(*layer.snr_db_alone, 1) + "</td>";
}

std::string layer_row(const ReportLayer& layer, std::size_t number, const Spread& spread,
                      const Translate& translate) {
    const bool is_float = !layer.kept_float_code.empty();
    return "<tr><td class=\"number\">" + std::to_string(number) + "</td><td class=\"name\">" +
           escaped(layer.name) + "</td><td>" + escaped(layer.op) + "</td><td" +
           (is_float ? " class=\"float\"" : "") + ">" + escaped(precision_text(layer, translate)) + "</td>" +
           heat_cell(layer, spread) + "<td class=\"number\">" + grouped(layer.parameters) +
           "</td><td class=\"number\">" + grouped(layer.macs) + "</td></tr>\n";
}

std::string heading(const char* key, const char* css, const Translate& translate) {
    return std::string("<th") + (*css ? " class=\"" + std::string(css) + "\"" : std::string()) + ">" +
           escaped(translate(key)) + "</th>";
}

}  // namespace

std::string report_html(const Report& report, const Translate& translate) {
    const std::string title = escaped(translate("Quantization report"));
    std::string html = "<!DOCTYPE html>\n<html lang=\"" +
                       escaped(report.language == "zh" ? "zh-CN" : report.language) +
                       "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                       "content=\"width=device-width, initial-scale=1\">\n"
                       "<title>" +
                       title + ": " + escaped(report.model) + "</title>\n<style>" + k_style +
                       "</style>\n</head>\n<body>\n<main>\n";
    html += "<h1>" + title + "</h1>\n<p class=\"subject\">" + escaped(report.model) + " · " +
            escaped(report.target) + "</p>\n";

    html += "<div class=\"card\"><dl>\n";
    for (const auto& [label, value] : report.summary)
        html += "<div><dt>" + escaped(label) + "</dt><dd>" + escaped(value) + "</dd></div>\n";
    html += "</dl></div>\n";

    if (!report.problems.empty()) {
        html += "<h2>" + escaped(translate("Problems")) + "</h2>\n<div class=\"card\"><ul>\n";
        for (const auto& [severity, text] : report.problems)
            html += "<li><b class=\"" + escaped(severity) + "\">" +
                    escaped(severity_text(severity, translate)) + "</b> " + escaped(text) + "</li>\n";
        html += "</ul></div>\n";
    }

    for (const ReportPicture& picture : report.pictures)
        html += "<h2>" + escaped(picture.title) + "</h2>\n<div class=\"card picture\">" + picture.svg +
                "</div>\n<p class=\"note\">" + escaped(picture.note) + "</p>\n";

    const Spread spread = snr_spread(report.layers);
    html += "<h2>" + escaped(translate("Layers")) + "</h2>\n<div class=\"card\"><table>\n<thead><tr>" +
            heading("#", "number", [](const char* key) { return std::string(key); }) +
            heading("Layer", "", translate) + heading("Operator", "", translate) +
            heading("Precision", "", translate) + heading("SNR alone (dB)", "number", translate) +
            heading("Parameters", "number", translate) +
            heading("Multiply-accumulates", "number", translate) + "</tr></thead>\n<tbody>\n";
    for (std::size_t i = 0; i < report.layers.size(); ++i)
        html += layer_row(report.layers[i], i + 1, spread, translate);
    html += "</tbody></table></div>\n<p class=\"note\">" +
            escaped(translate("SNR alone: only this layer is quantized, error at the model's outputs; lower "
                              "is more sensitive.")) +
            "</p>\n</main>\n</body>\n</html>\n";
    return html;
}

}  // namespace quantwright
