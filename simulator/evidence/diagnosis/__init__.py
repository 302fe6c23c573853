"""Why a call was refused: rule, quote, causes, hints."""
