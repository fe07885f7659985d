//! A WebDriver BiDi client of our own.
