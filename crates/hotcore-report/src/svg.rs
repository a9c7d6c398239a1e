//! Just enough SVG for a plot: boxes, lines and text, in the order they are drawn.

use std::fmt::{Display, Write};

/// A drawing being made. Lengths are in pixels, from the upper left corner.
pub struct Svg {
    body: String,
    width: f64,
    height: f64,
}

/// Where a text is relative to its position.
#[derive(Debug, Clone, Copy)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Svg {
    /// A white sheet, so that it can be read on any page.
    pub fn new(width: f64, height: f64) -> Self {
        let mut sheet = Self { body: String::new(), width, height };
        sheet.rect([0.0, 0.0, width, height], "#ffffff");
        sheet
    }

    /// A filled box: x, y, width, height.
    pub fn rect(&mut self, [x, y, width, height]: [f64; 4], fill: &str) {
        self.element(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"{fill}\"/>"
        ));
    }

    /// A box's outline.
    pub fn frame(&mut self, [x, y, width, height]: [f64; 4], stroke: &str) {
        self.element(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"none\" stroke=\"{stroke}\"/>"
        ));
    }

    /// A line.
    pub fn line(&mut self, [x1, y1, x2, y2]: [f64; 4], stroke: &str) {
        self.element(format_args!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{stroke}\"/>"
        ));
    }

    /// A text; `y` is its base line.
    pub fn text(&mut self, x: f64, y: f64, anchor: Anchor, fill: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.element(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{fill}\">{text}</text>"
        ));
    }

    /// The whole file.
    pub fn finish(self) -> String {
        let Self { body, width, height } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             width=\"{width:.0}\" height=\"{height:.0}\" \
             font-family=\"ui-sans-serif, system-ui, sans-serif\" font-size=\"13\">\n{body}</svg>\n"
        )
    }

    fn element(&mut self, element: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "  {element}");
    }
}

/// A round step that divides `span` into at most five parts, few enough to be labelled.
pub fn tick(span: u64) -> u64 {
    let mut magnitude = 1;
    loop {
        let steps = [1, 2, 5].map(|step: u64| step.saturating_mul(magnitude));
        match steps.into_iter().find(|step| span / step <= 5) {
            Some(step) => return step,
            None => magnitude = magnitude.saturating_mul(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let mut svg = Svg::new(10.0, 10.0);
        svg.text(1.0, 2.0, Anchor::Start, "black", "a < b & c");
        let file = svg.finish();
        assert!(file.contains(">a &lt; b &amp; c</text>"), "{file}");
        assert!(file.starts_with("<svg ") && file.ends_with("</svg>\n"));
    }

    #[test]
    fn ticks_are_round() {
        for (span, expected) in [(75, 20), (80, 20), (130, 50), (3, 1), (0, 1), (54_123, 10_000)] {
            assert_eq!(tick(span), expected, "{span}");
        }
        assert!(tick(u64::MAX) > 1);
    }
}
