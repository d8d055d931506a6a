//! family: builders
//! split: train

use std::marker::PhantomData;

pub struct Draft;
pub struct Published;

/// A post whose state is part of its type: only a draft can be edited, only a published post be read.
pub struct Post<State> {
    paragraphs: Vec<String>,
    state: PhantomData<State>,
}

impl Post<Draft> {
    pub fn draft() -> Self {
        Post {
            paragraphs: Vec::new(),
            state: PhantomData,
        }
    }

    pub fn paragraph(mut self, text: &str) -> Self {
        self.paragraphs.push(text.trim().to_string());
        self
    }

    /// Publishes the post, unless all of it is blank: then the draft is given back.
    pub fn publish(self) -> Result<Post<Published>, Self> {
        if self.paragraphs.iter().all(String::is_empty) {
            return Err(self);
        }
        Ok(Post {
            paragraphs: self.paragraphs,
            state: PhantomData,
        })
    }
}

impl Post<Published> {
    pub fn read(&self) -> String {
        self.paragraphs.join("\n\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_post_reads_as_it_was_written() {
        let post = Post::draft()
            .paragraph("One. ")
            .paragraph(" Two.")
            .publish();
        assert_eq!(post.ok().map(|p| p.read()).as_deref(), Some("One.\n\nTwo."));
    }

    #[test]
    fn a_blank_draft_is_given_back_and_can_be_mended() {
        // Its blank paragraph is kept as the first one.
        let Err(draft) = Post::draft().paragraph("  ").publish() else {
            panic!("a blank post was published");
        };
        let mended = draft.paragraph("text").publish();
        assert_eq!(mended.ok().map(|p| p.read()).as_deref(), Some("\n\ntext"));
    }

    #[test]
    fn a_post_without_paragraphs_is_blank() {
        // `all` holds of no paragraphs at all.
        assert!(Post::draft().publish().is_err());
    }
}
