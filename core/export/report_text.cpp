// The report as Markdown and CSV.
#include "core/export/report_parts.h"

namespace quantwright {

namespace {

/// Text inside a table's cell: everything Markdown or HTML would read is escaped (CommonMark 2.4).
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '<')
            result += "&lt;";
        else if (c == '&')
            result += "&amp;";
        else if (static_cast<unsigned char>(c) < 0x20)
            result += ' ';
        else if (std::string_view("\\`*_[]|#~>").find(c) != std::string_view::npos)
            result += {'\\', c};
        else
            result += c;
    }
    return result;
}

/// RFC 4180: quoted where it must be, quotes doubled.
std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string result = "\"";
    for (const char c : text)
        result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + "\"";
}

}  // namespace

std::string report_markdown(const Report& report, const Translate& translate) {
    std::string text = "# " + translate("Quantization report") + "\n\n";
    text += "| | |\n|---|---|\n";
    text += "| " + translate("Model") + " | " + escaped(report.model) + " |\n";
    text += "| " + translate("Target") + " | " + escaped(report.target) + " |\n";
    for (const auto& [label, value] : report.summary)
        text += "| " + escaped(label) + " | " + escaped(value) + " |\n";
    text += "\n## " + translate("Layers") + "\n\n";
    text += "| # | " + translate("Layer") + " | " + translate("Operator") + " | " + translate("Precision") +
            " | " + translate("SNR alone (dB)") + " | " + translate("Parameters") + " | " +
            translate("Multiply-accumulates") + " |\n";
    text += "|--:|---|---|---|--:|--:|--:|\n";
    for (std::size_t i = 0; i < report.layers.size(); ++i) {
        const ReportLayer& layer = report.layers[i];
        text += "| " + std::to_string(i + 1) + " | " + escaped(layer.name) + " | " + escaped(layer.op) +
                " | " + escaped(precision_text(layer, translate)) + " | " +
                (layer.snr_db_alone ? fixed(*layer.snr_db_alone, 1) : std::string()) + " | " +
                grouped(layer.parameters) + " | " + grouped(layer.macs) + " |\n";
    }
    if (!report.problems.empty()) {
        text += "\n## " + translate("Problems") + "\n\n";
        for (const auto& [severity, sentence] : report.problems)
            text += "- **" + escaped(severity_text(severity, translate)) + "** " + escaped(sentence) + "\n";
    }
    return text;
}

std::string report_csv(const Report& report) {
    // For programs: keys and numbers as in the JSON, in every language.
    std::string text = "layer,op,format,kept_float,snr_db_alone,parameters,macs\r\n";
    for (const ReportLayer& layer : report.layers)
        text += csv_field(layer.name) + "," + csv_field(layer.op) + "," + csv_field(layer.format) + "," +
                csv_field(layer.kept_float_code) + "," +
                (layer.snr_db_alone ? fixed(*layer.snr_db_alone, 4) : std::string()) + "," +
                std::to_string(layer.parameters) + "," + std::to_string(layer.macs) + "\r\n";
    return text;
}

}  // namespace quantwright
