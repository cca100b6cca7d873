#include "widgets/theme/palette.h"

#include <QPalette>

namespace quantwright {

const Palette& lightPalette() {
    static const Palette palette = [] {
        Palette p;
        p.dark = false;
        p.window = 0xf3f4f6;
        p.panel = 0xffffff;
        p.canvas = 0xfafbfc;
        p.card = 0xffffff;
        p.field = 0xeef1f5;
        p.field_hover = 0xe4e8ef;
        p.line = 0xd9dce1;
        p.line_strong = 0xb3b9c4;
        p.text = 0x1f2430;
        p.quiet = 0x6b7280;
        p.disabled = 0xa8aeb9;
        p.accent = 0x2563c9;
        p.accent_hover = 0x1d54b0;
        p.accent_soft = 0xe4edfb;
        p.on_accent = 0xffffff;
        p.heat = {0xfff3b0, 0xffd36b, 0xfca94b, 0xf1743d, 0xc9352b};
        p.in_range = 0x5b8fd9;
        p.clipped = 0xd9534f;
        p.better = 0x2e9e5b;
        p.worse = 0xc9352b;
        p.stale = 0xb7791f;
        p.int4 = 0x2f6f9f;
        p.int8 = 0x2f7d6d;
        p.int16 = 0xb07a1e;
        p.dynamic = 0x5f7a2f;
        p.weights = 0x8c5a3c;
        p.float16 = 0xa8577e;
        p.float32 = 0x8a63c9;
        p.other_format = 0x6b7280;
        p.edge = 0x7b828f;
        p.frame = 0xe3e6eb;
        p.frame_active = 0x9db5d9;
        return p;
    }();
    return palette;
}

const Palette& darkPalette() {
    static const Palette palette = [] {
        Palette p = lightPalette();
        p.dark = true;
        p.window = 0x1e2127;
        p.panel = 0x262a31;
        p.canvas = 0x1a1d22;
        p.card = 0x2b3038;
        p.field = 0x323741;
        p.field_hover = 0x3b414d;
        p.line = 0x3a3f48;
        p.line_strong = 0x5a616d;
        p.text = 0xe6e8ec;
        p.quiet = 0x9aa2ae;
        p.disabled = 0x656c78;
        p.accent = 0x6aa2f7;
        p.accent_hover = 0x86b4fa;
        p.accent_soft = 0x2c3a52;
        p.on_accent = 0x12203a;
        p.clipped = 0xe36a66;
        p.better = 0x3fb472;
        p.worse = 0xe2574c;
        p.stale = 0xd79a3c;
        p.edge = 0x8a919d;
        p.frame = 0x2d3139;
        p.frame_active = 0x46608c;
        return p;
    }();
    return palette;
}

QPalette toQPalette(const Palette& p) {
    QPalette q;
    q.setColor(QPalette::Window, p.window);
    q.setColor(QPalette::WindowText, p.text);
    q.setColor(QPalette::Base, p.panel);
    q.setColor(QPalette::AlternateBase, p.window);
    q.setColor(QPalette::Text, p.text);
    q.setColor(QPalette::PlaceholderText, p.quiet);
    q.setColor(QPalette::Button, p.field);
    q.setColor(QPalette::ButtonText, p.text);
    q.setColor(QPalette::BrightText, p.worse);
    q.setColor(QPalette::ToolTipBase, p.panel);
    q.setColor(QPalette::ToolTipText, p.text);
    q.setColor(QPalette::Highlight, p.accent);
    q.setColor(QPalette::HighlightedText, p.on_accent);
    q.setColor(QPalette::Link, p.accent);
    q.setColor(QPalette::LinkVisited, p.accent);
    q.setColor(QPalette::Light, p.dark ? p.field_hover : p.panel);
    q.setColor(QPalette::Midlight, p.field);
    q.setColor(QPalette::Mid, p.line);
    q.setColor(QPalette::Dark, p.line_strong);
    q.setColor(QPalette::Shadow, p.dark ? QColor(0x0d0f12) : p.line_strong);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        q.setColor(QPalette::Disabled, role, p.disabled);
    q.setColor(QPalette::Disabled, QPalette::Highlight, p.line);
    q.setColor(QPalette::Disabled, QPalette::HighlightedText, p.disabled);
    return q;
}

}  // namespace quantwright
