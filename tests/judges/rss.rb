# Reads each RSS document named on the command line with Ruby's own reader at its strictest, and says what is wrong.
# The reader takes an element of a namespace that it does not know for a fault, so those are taken out first; every
# other element must be one that RSS 2.0 has at that place. Texts beyond 20,000 characters are cut for it: its XML
# library takes minutes for a megabyte. feedparser reads them whole.
require "rss"
require "rexml/document"

FOREIGN = [
  "http://www.w3.org/2005/Atom",
  "http://search.yahoo.com/mrss/",
  "http://purl.org/syndication/history/1.0",
  "https://podcastindex.org/namespace/1.0",
].freeze

# What Apple added since that reader was written, and what it refuses beside `duration` in whatever order.
NEWER = %w[season episode episodeType image].freeze
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"

def strip(element)
  element.elements.to_a.each do |child|
    unknown = FOREIGN.include?(child.namespace) || (child.namespace == ITUNES && NEWER.include?(child.name))
    unknown ? element.delete_element(child) : strip(child)
  end
end

def check(text)
  # The whole of it, with what is foreign passed over, and what is left with nothing passed over.
  RSS::Parser.parse(text, true)
  document = REXML::Document.new(text)
  strip(document.root)
  rss = RSS::Parser.new(document.to_s).tap { |parser| parser.do_validate = true; parser.ignore_unknown_element = false }.parse
  raise "no RSS 2.0" unless rss.is_a?(RSS::Rss) && rss.rss_version == "2.0"
  rss.items.each do |item|
    raise "an item without title and description" unless item.title || item.description
    raise "no date: #{item.pubDate.inspect}" unless item.pubDate.is_a?(Time)
    raise "an item without guid" if item.guid.nil? || item.guid.content.empty?
  end
end

failed = false
ARGV.each do |path|
  text = File.read(path, encoding: "UTF-8")
  check(text.gsub(/<!\[CDATA\[(.*?)\]\]>/m) { "<![CDATA[#{$1[0, 20_000]}]]>" })
rescue StandardError => error
  failed = true
  puts "#{path}: #{error.class}: #{error.message}"
end
exit(failed ? 1 : 0)
