#include "widgets/words/report_words.h"

#include <QCoreApplication>
#include <string_view>

#include "widgets/words/words.h"

namespace quantwright::words {

namespace {

// What the report asks for, for lupdate to find.
[[maybe_unused]] constexpr const char* headings[] = {
    QT_TRANSLATE_NOOP("Report", "Quantization report"),
    QT_TRANSLATE_NOOP("Report", "Model"),
    QT_TRANSLATE_NOOP("Report", "Target"),
    QT_TRANSLATE_NOOP("Report", "Layers"),
    QT_TRANSLATE_NOOP("Report", "Layer"),
    QT_TRANSLATE_NOOP("Report", "Operator"),
    QT_TRANSLATE_NOOP("Report", "Precision"),
    QT_TRANSLATE_NOOP("Report", "SNR alone (dB)"),
    QT_TRANSLATE_NOOP("Report", "Parameters"),
    QT_TRANSLATE_NOOP("Report", "Multiply-accumulates"),
    QT_TRANSLATE_NOOP("Report", "Problems"),
    QT_TRANSLATE_NOOP(
        "Report",
        "SNR alone: only this layer is quantized, error at the model's outputs; lower is more sensitive."),
};

}  // namespace

std::string reportText(const char* key) {
    for (const Severity severity : {Severity::info, Severity::warning, Severity::error})
        if (name_of(severity) == std::string_view(key))
            return name(severity).toStdString();
    for (int reason = 0; reason <= static_cast<int>(KeptFloat::scores); ++reason)
        if (name_of(static_cast<KeptFloat>(reason)) == std::string_view(key))
            return name(static_cast<KeptFloat>(reason)).toStdString();
    return QCoreApplication::translate("Report", key).toStdString();
}

}  // namespace quantwright::words
