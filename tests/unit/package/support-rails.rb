# frozen_string_literal: true

# As much of Rails and of GitLab's models as the steps of a machine's role touch: ARGV names the step and the facts.
# The applications that exist, and what was saved, are kept in the file STORE between two runs.
require 'json'
require 'erb'
require 'uri'

class Object
  def blank? = respond_to?(:empty?) ? empty? : !self
  def present? = !blank?
  def presence = present? ? self : nil
end

class String
  def safe_constantize = Object.const_get(self)
rescue NameError
  nil
end

SCRIPT, FACTS, STORE = ARGV
STORED = File.exist?(STORE) ? JSON.parse(File.read(STORE)) : []

module RoleFile
  def read(path, *rest) = path == '/etc/gitlab-node/role.json' ? super(FACTS) : super
end
File.singleton_class.prepend(RoleFile)

module Hashing
  def self.store_secret(record, attribute, plain)
    record.send("#{attribute}=", "hashed:#{plain.sum}")
  end
end

module Authn
  class OauthApplication
    FIELDS = %w[name uid secret redirect_uri scopes trusted confidential owner_id].freeze
    attr_accessor(*FIELDS)

    def self.all = STORED.map { |row| new(row) }
    def self.find_by(wanted) = all.find { |one| wanted.all? { |key, value| one.send(key) == value } }

    def initialize(row = nil)
      @row = row
      row&.each { |key, value| send("#{key}=", value) }
    end

    def assign_attributes(values) = values.each { |key, value| send("#{key}=", value) }
    def persisted? = !@row.nil?
    def secret_strategy = Hashing
    def secret_matches?(plain) = secret == "hashed:#{plain.sum}"
    def to_row = FIELDS.to_h { |field| [field, send(field)] }
    def changed? = to_row != @row

    def save!
      raise "Redirect URI must be an absolute URI (#{secret})" unless redirect_uri.start_with?('https://')

      STORED.delete(@row)
      STORED << to_row
      @row = to_row
    end
  end
end

code = 0
begin
  eval(File.read(SCRIPT), TOPLEVEL_BINDING, SCRIPT) # rubocop:disable Security/Eval
rescue SystemExit => e
  code = e.status
end
File.write(STORE, JSON.generate(STORED))
exit code
